// Reports and statistics of the running platform.
#include <atomic>
#include <filesystem>
#include <thread>

#include <catch2/catch.hpp>

#include "libs/core/zone.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"
#include "tests/e2e/support/topic.hpp"
#include "waybill/report/v1/events.pb.h"

using namespace waybill;
using namespace waybill::e2e;
namespace json = boost::json;

namespace {

// A day of the last century, so that nobody else has orders on it.
std::string unused_day() {
  const auto days = std::hash<std::string>{}(new_id().to_string()) % 20'000;
  return format_day(Day{std::chrono::days{days}});
}

Reply place_on(const std::string& day, const Customer& customer, const Item& item) {
  json::object body = order_body(customer, {item});
  body["user_id"] = customer.id;
  body["order_date"] = day + "T12:00:00Z";
  return post("/v1/orders", body);
}

// The versions in which the day's report was told.
std::vector<std::int64_t> told_of(const TopicWatch& topic, const std::string& day) {
  std::vector<std::int64_t> versions;
  for (const messaging::Event& event : topic.all()) {
    report::v1::ReportReady ready;
    if (ready.ParseFromString(event.value) && ready.report_date() == day) {
      versions.push_back(ready.version());
    }
  }
  return versions;
}

std::string run_tool(const std::string& arguments) {
  return e2e::run(std::string{WAYBILL_TOOL} + " " + arguments);
}

Reply report_of(const std::string& day) {
  return call(with_header(json_call("POST", "/v1/reports", json::object{{"report_date", day}}),
                          "Prefer", "wait=30"));
}

}  // namespace

TEST_CASE("a report lists the day's orders with their units, and is told", "[e2e][report]") {
  TopicWatch topic{"waybill.reports"};
  const std::string day = unused_day();
  const Customer customer = make_customer();
  const Reply order = place_on(day, customer, {make_product("2.50", 100), 7});
  REQUIRE(order.status == 201);
  const Reply done = report_of(day);
  REQUIRE(done.status == 201);
  CHECK(done.number("reports_count") == 1);
  CHECK(done.body().at("complete") == true);
  const Reply page = get("/v1/reports?report_date=" + day);
  REQUIRE(page.body().at("items").as_array().size() == 1);
  const json::object& row = page.body().at("items").at(0).as_object();
  CHECK(text(row, "order_id") == order.id());
  CHECK(row.at("count_product") == 7);
  CHECK(topic.until(seconds{10}, [&] { return !told_of(topic, day).empty(); }));

  // Again: the same rows, and nothing is told.
  CHECK(report_of(day).text == done.text);
  CHECK(get("/v1/reports?report_date=" + day).text == page.text);

  // An order of that day that comes later: told again by itself.
  REQUIRE(place_on(day, customer, {make_product("2.50", 100), 1}).status == 201);
  CHECK(topic.until(seconds{20}, [&] { return told_of(topic, day).size() == 2; }));
  CHECK(told_of(topic, day) == std::vector<std::int64_t>{1, 2});
  CHECK(get("/v1/reports?with_total=true&report_date=" + day).number("total") == 2);
}

TEST_CASE("sales follow what is sold and what is cancelled", "[e2e][report]") {
  const std::string day = unused_day();
  const Customer customer = make_customer();
  const Reply kept = place_on(day, customer, {make_product("2.50", 100), 4});
  const Reply lost = place_on(day, customer, {make_product("9.99", 100), 1});
  REQUIRE(kept.status == 201);
  REQUIRE(lost.status == 201);
  REQUIRE(post("/v1/orders/" + lost.id() + "/cancel", json::object{}).status == 200);
  REQUIRE(report_of(day).status == 201);
  const std::string path = "/v1/statistics/sales?from=" + day + "&to=" + day;
  const Reply sales = get(path);
  REQUIRE(sales.status == 200);
  CHECK(json::serialize(sales.body().at("totals")) ==
        R"({"orders":1,"units":4,"revenue":"10.00"})");
  const Reply csv = get(path + "&by=product&format=csv");
  CHECK(csv.headers.get("Content-Type").starts_with("text/csv"));
  CHECK(csv.text.find(",EUR,1,4,10.00\r\n") != std::string::npos);
  CHECK(get(path + "&format=png").text.substr(1, 3) == "PNG");
  CHECK(get(path + "&format=svg").headers.get("Content-Type") == "image/svg+xml");
}

TEST_CASE("a report can be an operation, and its form be asked for by Accept", "[e2e][report]") {
  const std::string day = unused_day();
  const json::object body{{"report_date", day}};
  const Reply accepted =
      call(with_header(json_call("POST", "/v1/reports", body), "Prefer", "respond-async"));
  REQUIRE(accepted.status == 202);
  const std::string location{accepted.headers.get("Location")};
  REQUIRE(testing::eventually(seconds{15},
                              [&] { return get(location).member("status") == "succeeded"; }));
  CHECK(get(location).body().at("result").at("reports_count") == 0);

  const Call reports{"GET", "/v1/reports?report_date=" + day, {}, {}};
  CHECK(call(with_header(reports, "Accept", "text/csv")).text ==
        "id,report_at,order_id,count_product,created_at\r\n");
  CHECK(call(with_header(reports, "Accept", "image/svg+xml")).text.starts_with("<svg"));
  CHECK(call(with_header(reports, "Accept", "image/png")).headers.get("Content-Type") ==
        "image/png");
}

TEST_CASE("what makes no sense is refused, and customers see no figures", "[e2e][report]") {
  CHECK(get("/v1/statistics/sales?from=2026-01-02").status == 400);
  CHECK(get("/v1/statistics/sales?from=2026-01-02&to=2026-01-01").status == 400);
  CHECK(get("/v1/statistics/sales?from=2026-01-01&to=2026-01-01&by=moon").status == 400);
  CHECK(get("/v1/statistics/sales?from=2026-01-01&to=2026-01-01&as_of=noon").status == 400);
  CHECK(get("/v1/statistics/sales?from=2026-01-01&to=2027-01-02").status == 400);
  CHECK(report_of("2999-01-01").status == 400);
  CHECK(report_of("yesterday").status == 400);
  const Account anna = make_account();
  CHECK(call(as(anna.token, {"GET", "/v1/reports", {}, {}})).status == 403);
  CHECK(call(as("", {"GET", "/v1/reports", {}, {}})).status == 401);
}

TEST_CASE("the timeline of an order tells staff the offsets of its events", "[e2e][report]") {
  const Reply order = place(make_customer(), {{make_product("1.00", 5), 1}});
  REQUIRE(testing::eventually(seconds{15}, [&] {
    int with_offset = 0;
    const Reply timeline = get("/v1/orders/" + order.id() + "/timeline");
    for (const json::value& item : timeline.body().at("items").as_array()) {
      if (item.as_object().contains("offset")) ++with_offset;
    }
    return with_offset == 2;
  }));
}

TEST_CASE("the tool comes to the service's digest from the topic alone, as of then too",
          "[e2e][report][tool]") {
  const std::string day = unused_day();
  const Reply order = place_on(day, make_customer(), {make_product("2.50", 100), 4});
  REQUIRE(order.status == 201);
  REQUIRE(report_of(day).status == 201);
  const std::string then = to_rfc3339(now());
  REQUIRE(post("/v1/orders/" + order.id() + "/cancel", json::object{}).status == 200);
  const std::string path = "/v1/statistics/sales?from=" + day + "&to=" + day;
  const auto orders_now = [&] { return get(path).body().at("totals").at("orders"); };
  REQUIRE(testing::eventually(seconds{15}, [&] { return orders_now() == 0; }));
  for (const char* by : {"day", "product"}) {
    const std::string question = fmt::format("--from {} --by {}", day, by);
    const json::value now_told = json::parse(run_tool("report " + question));
    CHECK(now_told == get(path + "&by=" + by).body());
    const json::value then_told = json::parse(run_tool("report " + question + " --as-of " + then));
    CHECK(then_told == get(path + "&by=" + by + "&as_of=" + then).body());
    CHECK(then_told.at("totals").at("units") == 4);
  }
}

TEST_CASE("report.files has what the file service has, and is rebuilt to the same rows",
          "[e2e][report][files][tool]") {
  const Account anna = make_account();
  const auto keep = [&](const std::string& name) {
    return call(as(anna.token, form_call("/v1/documents", {{"type", "Notes"}, {"name", name}},
                                         {"file", "note.txt", unique("note")})));
  };
  const Reply kept = keep("kept");
  const Reply gone = keep("gone");
  REQUIRE(gone.status == 201);
  const std::string path = "/v1/documents/" + kept.id();
  CHECK(call(as(anna.token, json_call("PATCH", path, {{"name", "renamed"}}))).status == 200);
  CHECK(call(as(anna.token, {"DELETE", "/v1/documents/" + gone.id(), {}, {}})).status == 204);
  const json::value audit =
      json::parse(run_tool("audit --settle 60s --service report --json --quiet"));
  bool is_compared = false;
  for (const json::value& check : audit.at("checks").as_array()) {
    const std::string what = json::serialize(check);
    is_compared = is_compared || what.find("report.files") != std::string::npos;
  }
  CHECK(is_compared);
  run_tool("projections rebuild report.files --quiet");
  const json::value same = json::parse(run_tool("projections diff report.files --json"));
  CHECK(same.at("same") == true);
  CHECK(same.at("tables").at(0).at("rows").to_number<int>() >= 2);
  run_tool("projections drop report.files");
}

TEST_CASE("the tool rebuilds a projection to the same rows, and replays events to a file",
          "[e2e][report][tool]") {
  place(make_customer(), {{make_product("1.00", 5), 1}});
  for (const char* name : {"report.orders", "report.steps", "report.products", "order.users"}) {
    INFO(name);
    run_tool(fmt::format("projections rebuild {} --quiet --workers 2", name));
    const json::value same = json::parse(run_tool(fmt::format("projections diff {} --json", name)));
    CHECK(same.at("same") == true);
    CHECK(same.at("tables").at(0).at("rows").to_number<int>() > 0);
  }
  std::atomic<bool> done{false};
  std::atomic<int> reads{0}, failures{0};
  std::thread reader{[&] {
    while (!done) {
      const Reply sales = get("/v1/statistics/sales?from=2026-01-01&to=2026-01-31");
      ++(sales.status == 200 ? reads : failures);
    }
  }};
  const auto switch_and_back = [&] {
    run_tool("projections switch report.orders --why test");
    run_tool("projections rollback report.orders --why test");
  };
  CHECK_NOTHROW(switch_and_back());
  CHECK(testing::eventually(seconds{10}, [&] { return reads > 0; }));
  done = true;
  reader.join();
  CHECK(failures == 0);
  run_tool("projections drop report.orders");
  for (const char* name : {"report.steps", "report.products", "order.users"}) {
    run_tool(fmt::format("projections drop {}", name));
  }
  const std::string file =
      std::filesystem::temp_directory_path() / (unique("waybill-replay") + ".ndjson");
  run_tool("events replay waybill.orders --limit 20 --quiet --to-file " + file);
  CHECK(e2e::run("wc -l <" + file).starts_with("20"));
  std::filesystem::remove(file);
}
