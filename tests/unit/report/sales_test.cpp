#include "services/report/domain/sales.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "libs/drawing/drawing.hpp"
#include "services/report/domain/chart.hpp"
#include "services/report/domain/csv.hpp"

using namespace waybill;
using namespace waybill::report::domain;
namespace json = boost::json;

namespace {

Day day(const char* text) {
  return parse_day(text).value();
}

SalesQuestion first_week() {
  return {day("2026-01-01"), day("2026-01-07")};
}

json::value parsed(const Sales& sales) {
  return json::parse(to_json(sales));
}

}  // namespace

TEST_CASE("days without sales have zeros, in the currency of the others", "[sales]") {
  const json::value sales =
      parsed(sales_by_day(first_week(), "UTC", "EUR", {{day("2026-01-03"), "GBP", {2, 7, 1'990}}}));
  REQUIRE(sales.at("rows").as_array().size() == 7);
  CHECK(json::serialize(sales.at("rows").at(0)) ==
        R"({"day":"2026-01-01","currency":"GBP","orders":0,"units":0,"revenue":"0.00"})");
  CHECK(json::serialize(sales.at("rows").at(2)) ==
        R"({"day":"2026-01-03","currency":"GBP","orders":2,"units":7,"revenue":"19.90"})");
  CHECK(json::serialize(sales.at("totals")) == R"({"orders":2,"units":7,"revenue":"19.90"})");
  CHECK(sales.at("currency") == "GBP");
}

TEST_CASE("nothing sold is zeros in the shop's currency", "[sales]") {
  const json::value sales = parsed(sales_by_day(first_week(), "UTC", "EUR", {}));
  CHECK(sales.at("rows").at(6).at("currency") == "EUR");
  CHECK(sales.at("totals").at("revenue") == "0.00");
}

TEST_CASE("several currencies give a row each, and no sum over both", "[sales]") {
  const json::value sales = parsed(sales_by_day(
      {day("2026-01-01"), day("2026-01-01")}, "UTC", "EUR",
      {{day("2026-01-01"), "EUR", {1, 1, 100}}, {day("2026-01-01"), "GBP", {2, 3, 250}}}));
  CHECK(sales.at("rows").as_array().size() == 2);
  CHECK(sales.at("currency").is_null());
  CHECK(sales.at("totals").at("orders") == 3);
  CHECK(sales.at("totals").at("revenue").is_null());
  CHECK(sales.at("totals").at("by_currency").at(1).at("revenue") == "2.50");
}

TEST_CASE("the digest is the same for the same question, orders and rows, and only then",
          "[sales]") {
  const auto digest = [](std::int64_t units, const char* zone, std::int64_t inputs = 5) {
    return parsed(sales_by_day(first_week(), zone, "EUR",
                               {{day("2026-01-03"), "EUR", {2, units, 1'990}, inputs}}))
        .at("digest");
  };
  CHECK(digest(7, "UTC") == digest(7, "UTC"));
  CHECK(digest(7, "UTC") != digest(8, "UTC"));
  CHECK(digest(7, "UTC") != digest(7, "Europe/London"));
  CHECK(digest(7, "UTC", 5) != digest(7, "UTC", 6));
}

TEST_CASE("the order in which orders are added up does not matter to their fingerprint",
          "[sales]") {
  std::int64_t up = 0, down = 0;
  for (int i = 0; i < 50; ++i) {
    const Id order =
        derive_id(*Id::parse("019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b11"), std::to_string(i));
    up = add_fingerprints(up, fingerprint(order, i));
  }
  for (int i = 49; i >= 0; --i) {
    const Id order =
        derive_id(*Id::parse("019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b11"), std::to_string(i));
    down = add_fingerprints(down, fingerprint(order, i));
  }
  CHECK(up == down);
  CHECK(up >= 0);
}

TEST_CASE("as of is a time or an offset", "[sales]") {
  CHECK(to_string(*parse_as_of("2026-01-31T13:00:00+01:00")) == "2026-01-31T12:00:00.000Z");
  CHECK(to_string(*parse_as_of("1200")) == "1200");
  for (const char* text : {"", "noon", "-1", "12x", "2026-01-31", "99999999999999999999"}) {
    CHECK_FALSE(parse_as_of(text));
  }
}

TEST_CASE("cells with separators and quotes are quoted", "[csv]") {
  std::string text;
  append_csv(text, {"plain", "a,b", "say \"hi\"", "two\nlines", ""});
  CHECK(text == "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\r\n");
}

TEST_CASE("no cell is a formula to a spreadsheet, but negative numbers stay numbers", "[csv]") {
  std::string text;
  append_csv(text, {"=1+1", "+1", "@SUM(A1)", "\tx", "\rx", "-x", "-", "-1-2", "-1.5.2"});
  CHECK(text == "'=1+1,'+1,'@SUM(A1),'\tx,\"'\rx\",'-x,'-,'-1-2,'-1.5.2\r\n");
  text.clear();
  append_csv(text, {"-12", "-12.50", "12"});
  CHECK(text == "-12,-12.50,12\r\n");
}

TEST_CASE("sales as CSV have a header and a line per row", "[sales][csv]") {
  const Sales by_day = sales_by_day(first_week(), "UTC", "EUR", {});
  const Sales sales = sales_by_product(by_day, {{*Id::parse("019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b11"),
                                                 "=SKU",
                                                 "Tea, green",
                                                 "EUR",
                                                 {2, 7, 1'990}}});
  CHECK(to_csv(sales) ==
        "product_id,sku,name,currency,orders,units,revenue\r\n"
        "019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b11,'=SKU,\"Tea, green\",EUR,2,7,19.90\r\n");
}

TEST_CASE("the chart has a bar and a point per day", "[chart]") {
  Chart chart{"Sales & more", "EUR", {}};
  for (int i = 0; i < 30; ++i) {
    chart.days.push_back({day("2026-01-01") + std::chrono::days{i}, i % 7, (i % 7) * 12'345});
  }
  const std::string svg = to_svg(chart);
  const auto count = [&](const std::string& what) {
    std::size_t found = 0;
    for (std::size_t at = svg.find(what); at != std::string::npos; at = svg.find(what, at + 1)) {
      ++found;
    }
    return found;
  };
  CHECK(count("<circle") == 30);
  CHECK(count("<rect") == 32);  // with the background and the legend
  CHECK(svg.find("Sales &amp; more") != std::string::npos);
  CHECK(svg.find("nan") == std::string::npos);
  const std::string png = drawing::to_png(svg);
  CHECK(png.substr(1, 3) == "PNG");
}

TEST_CASE("a chart of nothing, of one day and of a year can be drawn", "[chart]") {
  for (const int days : {0, 1, 366}) {
    Chart chart{"Sales", days == 1 ? "" : "EUR", {}};
    for (int i = 0; i < days; ++i) {
      chart.days.push_back({day("2026-01-01") + std::chrono::days{i}, 0, 0});
    }
    const std::string svg = to_svg(chart);
    CHECK(svg.find("nan") == std::string::npos);
    CHECK(svg.find("inf") == std::string::npos);
    CHECK_FALSE(drawing::to_png(svg).empty());
  }
}
