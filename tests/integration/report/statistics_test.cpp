// Sales by day and product against plain sums; the answers' forms.
#include <random>

#include <catch2/catch.hpp>

#include "services/report/projections/as_told.hpp"
#include "tests/integration/report/desk.hpp"

using namespace waybill;
using namespace waybill::report;
using namespace waybill::report::test;

namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

const Id order_space = *Id::parse("3f0a6f1f-2b11-5d3a-9f52-019a2f4c7c1e");

const Parameters january{{"from", "2026-01-01"}, {"to", "2026-01-31"}};

Parameters with(Parameters parameters, const char* name, const std::string& value) {
  parameters.emplace_back(name, value);
  return parameters;
}

}  // namespace

TEST_CASE("sales are the sums of what was confirmed and not cancelled", "[report][statistics]") {
  Desk desk;
  std::mt19937 random{7};
  std::map<std::string, std::array<std::int64_t, 3>> by_day, by_product;
  std::vector<Id> products(5);
  for (Id& product : products) product = new_id();
  for (int i = 0; i < 200; ++i) {
    Order order;
    order.date = to_rfc3339(at("2026-01-01T00:00:00Z") + std::chrono::hours{random() % (31 * 24)});
    order.units = 1 + static_cast<std::int64_t>(random() % 9);
    order.price = 1 + static_cast<Minor>(random() % 10'000);
    order.product = products[random() % products.size()];
    desk.tell_confirmed(order);
    if (random() % 4 == 0) {
      desk.tell({canceled(order, order.date)});
      continue;
    }
    for (auto* sums : {&by_day[order.date.substr(0, 10)], &by_product[order.product.to_string()]}) {
      (*sums)[0] += 1;
      (*sums)[1] += order.units;
      (*sums)[2] += order.units * order.price;
    }
  }
  const auto check = [](const json::value& answer, const char* key, const auto& expected) {
    for (const json::value& row : answer.at("rows").as_array()) {
      const auto found = expected.find(std::string{row.at(key).as_string()});
      const std::array<std::int64_t, 3> sums =
          found == expected.end() ? std::array<std::int64_t, 3>{} : found->second;
      CHECK(row.at("orders") == sums[0]);
      CHECK(row.at("units") == sums[1]);
      CHECK(std::string{row.at("revenue").as_string()} == format_money(sums[2]));
    }
  };
  const json::value days = desk.get(sales, january);
  CHECK(days.at("rows").as_array().size() == 31);
  check(days, "day", by_day);
  const json::value things = desk.get(sales, with(january, "by", "product"));
  CHECK(things.at("rows").as_array().size() == 5);
  check(things, "product_id", by_product);
  CHECK(json::serialize(things.at("totals")) == json::serialize(days.at("totals")));
}

TEST_CASE("as_of answers from the events up to that time", "[report][statistics]") {
  Desk desk;
  Order order;
  desk.tell_confirmed(order);
  const auto units = [&](const std::string& as_of) {
    const json::value answer = desk.get(sales, with(january, "as_of", as_of));
    return answer.at("totals").at("units").to_number<int>();
  };
  const json::value before = desk.get(sales, with(january, "as_of", "2026-01-30T12:30:00Z"));
  CHECK(before.at("totals").at("units") == 2);
  desk.tell({canceled(order, "2026-01-30T13:00:00.000Z")});
  CHECK(units("2026-01-30T11:59:59Z") == 0);
  CHECK(units("2026-01-30T12:59:59Z") == 2);
  CHECK(units("2026-01-30T13:00:00Z") == 0);
  CHECK(desk.get(sales, january).at("totals").at("units") == 0);
  // What was true then stays true, to the digest.
  CHECK(desk.get(sales, with(january, "as_of", "2026-01-30T12:30:00Z")) == before);
  CHECK(desk.get(sales, with(with(january, "by", "product"), "as_of", "2026-01-30T12:30:00Z"))
            .at("rows")
            .at(0)
            .at("units") == 2);
}

TEST_CASE("two databases and the bare topic agree on every digest", "[report][statistics]") {
  std::mt19937 random{11};
  std::vector<messaging::Event> topic;
  for (int i = 0; i < 60; ++i) {
    Order order;
    order.date = to_rfc3339(at("2026-01-01T00:00:00Z") + std::chrono::hours{random() % 700});
    order.units = 1 + static_cast<std::int64_t>(random() % 9);
    order.price = 1 + static_cast<Minor>(random() % 10'000);
    order.currency = random() % 5 == 0 ? "GBP" : "EUR";
    order.product = derive_id(order_space, std::to_string(random() % 7));
    order.name = fmt::format("thing {}", i);
    topic.push_back(placed(order));
    topic.push_back(random() % 6 == 0 ? rejected(order) : confirmed(order));
    if (random() % 3 == 0) topic.push_back(canceled(order, "2026-02-01T12:00:00.000Z"));
  }
  for (std::size_t i = 0; i < topic.size(); ++i) topic[i].offset = static_cast<std::int64_t>(i);
  Desk at_once, one_by_one;
  at_once.tell(topic);
  for (const messaging::Event& event : topic) one_by_one.tell({event});

  std::set<std::string> digests;
  int questions = 0;
  for (const char* as_of : {"", "2026-01-15T00:00:00Z", "2026-02-02T00:00:00Z", "0", "57"}) {
    for (const char* by : {"day", "product"}) {
      CAPTURE(as_of, by);
      Parameters parameters = with(january, "by", by);
      if (*as_of) parameters.emplace_back("as_of", as_of);
      const json::value answer = at_once.get(sales, parameters);
      CHECK(one_by_one.get(sales, parameters) == answer);

      domain::SalesQuestion question{day("2026-01-01"), day("2026-01-31")};
      if (*by == 'p') question.by = domain::GroupBy::product;
      question.as_of = domain::parse_as_of(as_of);
      projections::SalesAsTold told{question, shop.zone, shop.currency};
      for (const messaging::Event& event : topic) told.add(event);
      CHECK(json::parse(to_json(told.sales())) == answer);
      digests.emplace(answer.at("digest").as_string());
      ++questions;
    }
  }
  CHECK(std::ssize(digests) == questions);
}

TEST_CASE("another version of an order is another digest, though the figures are the same",
          "[report][statistics]") {
  Desk desk;
  const Order order;
  desk.tell_confirmed(order);
  const json::value before = desk.get(sales, january);
  desk.tell({told<waybill::order::v1::OrderPaid>(order, 3, "PAID", "2026-01-30T13:00:00.000Z")});
  const json::value after = desk.get(sales, january);
  CHECK(after.at("rows") == before.at("rows"));
  CHECK(after.at("digest") != before.at("digest"));
}

TEST_CASE("a range that makes no sense is refused", "[report][statistics]") {
  Desk desk;
  for (const Parameters& parameters :
       {Parameters{{"from", "2026-01-02"}, {"to", "2026-01-01"}},
        Parameters{{"from", "2026-01-01"}, {"to", "2027-01-02"}}, Parameters{{"to", "2026-01-01"}},
        Parameters{{"from", "x"}, {"to", "2026-01-01"}}, with(january, "as_of", "noon")}) {
    const auto answer = desk.ask(sales, parameters);
    REQUIRE(answer.has_error());
    CHECK(answer.error().kind == FaultKind::invalid);
  }
  CHECK(desk.ask(sales, {{"from", "2026-01-01"}, {"to", "2027-01-01"}}).has_value());
}

TEST_CASE("answers come as CSV, SVG and PNG too", "[report][statistics]") {
  Desk desk;
  desk.tell_confirmed({});
  const auto csv = desk.ask(sales, with(january, "format", "csv")).value();
  CHECK(csv.headers.get("Content-Type").starts_with("text/csv"));
  CHECK(std::count(csv.body.begin(), csv.body.end(), '\n') == 32);
  CHECK(csv.body.find("2026-01-30,EUR,1,2,5.00\r\n") != std::string::npos);
  const auto svg = desk.ask(sales, with(january, "format", "svg")).value();
  CHECK(svg.headers.get("Content-Type") == "image/svg+xml");
  CHECK(svg.body.starts_with("<svg"));
  const auto png = desk.ask(reports, {{"report_date", "2026-01-30"}, {"format", "png"}}).value();
  CHECK(png.headers.get("Content-Type") == "image/png");
  CHECK(png.body.substr(1, 3) == "PNG");
}

TEST_CASE("a long report comes page by page, newest order first, each once",
          "[report][statistics]") {
  Desk desk;
  Worker worker{desk};
  worker.run_all(at("2026-01-30T00:00:00Z"));
  std::vector<std::string> expected;
  for (int i = 0; i < 25; ++i) {
    Order order;
    order.date = to_rfc3339(at("2026-01-30T01:00:00Z") + std::chrono::minutes{i});
    desk.tell_confirmed(order);
    expected.insert(expected.begin(), order.id.to_string());
  }
  worker.run_all(at("2026-01-31T00:00:00Z"));
  std::vector<std::string> seen;
  Parameters parameters{{"report_date", "2026-01-30"}, {"limit", "10"}, {"with_total", "true"}};
  for (int page = 0; page < 3; ++page) {
    const json::value answer = desk.get(reports, parameters);
    CHECK(answer.at("total") == 25);
    for (const json::value& row : answer.at("items").as_array()) {
      seen.emplace_back(row.at("order_id").as_string());
    }
    if (page == 2) CHECK(answer.at("next").is_null());
    if (page == 2) break;
    parameters = {{"report_date", "2026-01-30"},
                  {"limit", "10"},
                  {"with_total", "true"},
                  {"cursor", std::string{answer.at("next").as_string()}}};
  }
  CHECK(seen == expected);
}

TEST_CASE("the order in which states arrive does not matter", "[report][projection]") {
  Order order;
  const std::vector<messaging::Event> events{placed(order), confirmed(order),
                                             canceled(order, "2026-01-30T13:00:00Z")};
  Desk straight, shuffled;
  straight.tell(events);
  shuffled.tell({events[2]});
  shuffled.tell({events[0], events[1]});
  const auto versions = "SELECT version FROM sold_order";
  CHECK(straight.number(versions) == 3);
  CHECK(shuffled.number(versions) == 3);
  CHECK(shuffled.number("SELECT count(*) FROM order_step") == 3);
  shuffled.tell(events);
  CHECK(shuffled.number("SELECT count(*) FROM order_step") == 3);
}
