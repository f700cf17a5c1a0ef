// The daily report: once per due time, whatever is killed when.
#include <random>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/integration/report/desk.hpp"

using namespace waybill;
using namespace waybill::report;
using namespace waybill::report::test;

TEST_CASE("at midnight the day before is reported, with each order's units", "[report][runs]") {
  Desk desk;
  Worker worker{desk};
  worker.run_all(at("2026-01-30T10:00:00Z"));
  Order tea;
  tea.units = 12;
  desk.tell_confirmed(tea);
  Order other_day;
  other_day.date = "2026-01-31T00:00:00.000Z";
  desk.tell_confirmed(other_day);
  Order refused;
  desk.tell({placed(refused), rejected(refused)});
  Order open;
  desk.tell({placed(open)});

  worker.run_all(at("2026-01-30T23:59:59Z"));
  CHECK(worker.told.empty());
  worker.run_all(at("2026-01-31T00:00:00Z"));
  CHECK(worker.count("ReportReady") == 1);
  CHECK(worker.count("report.ready") == 1);
  const json::value page = desk.get(reports, {{"report_date", "2026-01-30"}});
  REQUIRE(page.at("items").as_array().size() == 1);
  CHECK(page.at("items").at(0).at("order_id").as_string() == tea.id.to_string());
  CHECK(page.at("items").at(0).at("count_product") == 12);
  worker.run_all(at("2026-01-31T23:00:00Z"));
  CHECK(worker.count("ReportReady") == 1);
}

TEST_CASE("a cancelled order stays in the report of its day", "[report][runs]") {
  Desk desk;
  Worker worker{desk};
  worker.run_all(at("2026-01-30T10:00:00Z"));
  Order tea;
  desk.tell_confirmed(tea);
  desk.tell({canceled(tea, "2026-01-30T13:00:00Z")});
  worker.run_all(at("2026-01-31T00:00:01Z"));
  CHECK(desk.number("SELECT count(*) FROM report") == 1);
}

TEST_CASE("missed runs are made up for in their order, at most of 31 days", "[report][runs]") {
  Desk desk;
  Worker worker{desk};
  worker.run_all(at("2026-01-01T10:00:00Z"));
  worker.run_all(at("2026-01-05T10:00:00Z"));
  CHECK(desk.number("SELECT count(*) FROM report_day") == 4);
  CHECK(worker.count("ReportReady") == 4);
  worker.run_all(at("2026-03-20T10:00:00Z"));
  CHECK(desk.number("SELECT count(*) FROM report_day") == 4 + 31);
  CHECK(desk.number("SELECT count(*) FROM report_day WHERE report_at >= '2026-02-16'") == 31);
}

TEST_CASE("an order that comes late is added, and the report told again", "[report][runs]") {
  Desk desk;
  Worker worker{desk};
  worker.run_all(at("2026-01-30T10:00:00Z"));
  Order early;
  desk.tell_confirmed(early);
  worker.run_all(at("2026-01-31T00:00:01Z"));
  const std::string before =
      json::serialize(desk.get(reports, {{"report_date", "2026-01-30"}}).at("items").at(0));
  Order late;
  late.date = "2026-01-30T11:00:00.000Z";
  desk.tell_confirmed(late);
  worker.run_all(at("2026-01-31T00:05:00Z"));
  CHECK(worker.count("ReportReady") == 2);
  CHECK(worker.count("report.ready") == 2);
  const json::value page = desk.get(reports, {{"report_date", "2026-01-30"}});
  REQUIRE(page.at("items").as_array().size() == 2);
  CHECK(json::serialize(page.at("items").at(0)) == before);
  CHECK(desk.number("SELECT version FROM report_day WHERE report_at = '2026-01-30'") == 2);
  const json::value notice = json::parse(worker.told.back().payload);
  CHECK(notice.at("reports_count") == 2);
  CHECK(notice.at("reports").as_array().size() == 1);
}

TEST_CASE("a later change of a reported order tells nothing again", "[report][runs]") {
  Desk desk;
  Worker worker{desk};
  worker.run_all(at("2026-01-30T10:00:00Z"));
  Order tea;
  desk.tell_confirmed(tea);
  worker.run_all(at("2026-01-31T00:00:01Z"));
  desk.tell({canceled(tea, "2026-01-31T09:00:00Z")});
  worker.run_all(at("2026-01-31T10:00:00Z"));
  CHECK(worker.count("ReportReady") == 1);
}

TEST_CASE("a report on demand answers who asked, and running it again changes nothing",
          "[report][runs]") {
  Desk desk;
  Worker worker{desk};
  Order tea;
  desk.tell_confirmed(tea);
  const auto ask = [&](const char* date, Instant now) {
    outbox::Command<v1::GenerateReport> command;
    command.now = now;
    command.cause.command_id = new_id();
    command.cause.instance = "/v1/reports";
    command.body.set_report_date(date);
    const std::vector batch{command};
    outbox::Writer out;
    pg::Tx tx{desk.connection()};
    auto outcomes = commands::GenerateReports{calendar().zone}(
        tx, std::span<const outbox::Command<v1::GenerateReport>>{batch}, out);
    tx.commit();
    return outcomes.at(0);
  };
  const Instant now = at("2026-01-30T18:00:00Z");
  for (int i = 0; i < 2; ++i) {
    CHECK(ask("2026-01-30", now).kind == outbox::Outcome::Kind::deferred);
    worker.run_all(now);
  }
  REQUIRE(worker.completed.size() == 2);
  CHECK(worker.completed[1].outcome.status == 201);
  CHECK(worker.completed[1].outcome.body ==
        R"({"report_date":"2026-01-30","reports_count":1,"complete":true})");
  CHECK(worker.completed[1].outcome.location == "/v1/reports?report_date=2026-01-30");
  CHECK(worker.count("ReportReady") == 1);
  CHECK(worker.count("report.ready") == 1);
  CHECK(ask("2026-01-31", now).status == 400);
  CHECK(ask("31.1.2026", now).status == 400);
}

TEST_CASE("days are the zone's, on the days of 23 and 25 hours too", "[report][runs][dst]") {
  for (const char* date : {"2026-03-29", "2026-10-25"}) {
    Desk desk;
    Worker worker{desk, calendar("Europe/London")};
    const Zone london = Zone::find("Europe/London").value();
    const Instant begin = london.start_of(day(date));
    const Instant end = london.start_of(day(date) + std::chrono::days{1});
    worker.run_all(begin - std::chrono::hours{30});
    for (const Instant when : {begin - milliseconds{1}, begin, end - milliseconds{1}, end}) {
      Order order;
      order.date = to_rfc3339(when);
      desk.tell_confirmed(order);
    }
    worker.run_all(end - seconds{1});
    CHECK(desk.number(fmt::format("SELECT count(*) FROM report WHERE report_at = '{}'", date)) ==
          0);
    worker.run_all(end);
    CHECK(desk.number(fmt::format("SELECT count(*) FROM report WHERE report_at = '{}'", date)) ==
          2);
  }
}

TEST_CASE("three workers, killed at random around midnight, make one report per day",
          "[report][runs]") {
  struct Killed : std::runtime_error {
    Killed() : std::runtime_error{"killed"} {}
  };
  Desk desk;
  Worker{desk}.run_all(at("2026-01-30T10:00:00Z"));
  for (int i = 0; i < 40; ++i) {
    Order order;
    order.date = to_rfc3339(at("2026-01-30T00:00:00Z") + std::chrono::hours{i});
    desk.tell_confirmed(order);
  }
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::thread> threads;
  std::atomic<int> kills{0};
  for (unsigned i = 0; i < 3; ++i) {
    workers.push_back(std::make_unique<Worker>(desk));
    threads.emplace_back([&, i, worker = workers.back().get()] {
      std::mt19937 random{i};
      const auto die = [&] {
        if (random() % 3 != 0) return;
        ++kills;
        throw Killed{};
      };
      Instant clock = at("2026-01-30T23:59:50Z") + seconds{i};
      while (clock < at("2026-02-02T00:10:00Z")) {
        try {
          if (!worker->tick(clock, die)) clock += std::chrono::minutes{20};
        } catch (const Killed&) {
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  // What was left undone by the last kill.
  workers.push_back(std::make_unique<Worker>(desk));
  workers.back()->run_all(at("2026-02-02T00:20:00Z"));
  CHECK(kills > 10);
  CHECK(desk.number("SELECT count(*) FROM report_day") == 3);
  CHECK(desk.number("SELECT max(version) FROM report_day") == 1);
  CHECK(desk.number("SELECT count(*) FROM report") == 40);
  std::int64_t ready = 0, notices = 0;
  for (const auto& worker : workers) {
    ready += worker->count("ReportReady");
    notices += worker->count("report.ready");
  }
  CHECK(ready == 3);
  CHECK(notices == 3);
}

TEST_CASE("however often events and runs are replayed, a notice leaves once",
          "[report][runs][effects]") {
  Desk desk;
  Worker worker{desk};
  worker.run_all(at("2026-01-30T10:00:00Z"));
  Order tea;
  desk.tell_confirmed(tea);
  worker.run_all(at("2026-01-31T00:00:00Z"));
  REQUIRE(worker.count("report.ready") == 1);
  for (int i = 0; i < 5; ++i) {
    // As after a rebuild from the topics, reports included.
    for (const char* table : {"sold_order", "order_step", "report", "report_day", "late_check"}) {
      desk.number(fmt::format("WITH gone AS (DELETE FROM {} RETURNING 1) SELECT count(*) FROM gone",
                              table));
    }
    desk.number(
        "WITH back AS (UPDATE schedule SET next_due = '2026-01-31T00:00:00Z' RETURNING 1) SELECT "
        "count(*) FROM back");
    desk.tell_confirmed(tea);
    worker.run_all(at("2026-01-31T10:00:00Z"));
    CHECK(desk.number("SELECT count(*) FROM report") == 1);
  }
  CHECK(worker.count("report.ready") == 1);
}

TEST_CASE("a report says that it is incomplete while events of orders are parked",
          "[report][runs]") {
  Desk desk;
  Worker worker{desk};
  worker.run_all(at("2026-01-30T10:00:00Z"));
  desk.number(
      "WITH parked AS (INSERT INTO parked_event (projection, topic, partition, position, key, "
      "headers, value, timestamp_ms, reason, attempts) VALUES ('report.orders', 'waybill.orders', "
      "0, 0, 'k', '{}', '', 0, 'why', 1) RETURNING 1) SELECT count(*) FROM parked");
  worker.run_all(at("2026-01-31T00:00:01Z"));
  CHECK(desk.number("SELECT count(*) FROM report_day WHERE NOT complete") == 1);
}

TEST_CASE("the migration of reports can be reverted and applied again", "[report][migration]") {
  testing::FreshDatabase fresh{"report"};
  const auto migrate = [&](const std::string& arguments) {
    const std::string line =
        "deploy/local/migrate-url.sh report '" + fresh.url() + "' " + arguments + " >/dev/null";
    return std::system(line.c_str());
  };
  CHECK(migrate("down -limit=0") == 0);
  CHECK(migrate("up") == 0);
}
