// Two real days through the platform: the statistics are the sums of the file, to the penny.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>

#include <catch2/catch.hpp>

#include "libs/core/money.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
namespace json = boost::json;

namespace {

const std::string folder = "tests/data/online-retail/";

struct Sums {
  std::int64_t units = 0;
  Minor revenue = 0;

  bool operator==(const Sums&) const = default;
};
// By day and stock code.
using Sold = std::map<std::pair<std::string, std::string>, Sums>;
// Units by invoice, of a day.
using Invoices = std::map<std::string, std::int64_t>;

// What the files say.
struct Books {
  Sold sold;
  std::map<std::string, Invoices> invoices;   // by day
  std::map<std::string, std::string> origin;  // day of a sale, by customer, code, units and price
};

// The columns of a line; quotes may be around any.
std::vector<std::string> columns_of(const std::string& line) {
  std::vector<std::string> columns(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      columns.emplace_back();
    } else if (c != '\r') {
      columns.back() += c;
    }
  }
  return columns;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

Minor price_of(const std::string& text) {
  return static_cast<Minor>(std::llround(std::stod(text) * 100));
}

// A line that came in. What is taken back counts on the day on which it was sold.
void add_line(const std::vector<std::string>& columns, Books& books) {
  const std::int64_t units = std::stoll(columns.at(3));
  const std::string code = upper(columns.at(1));
  const std::string sale =
      fmt::format("{} {} {} {}", columns.at(6), code, std::abs(units), columns.at(5));
  std::string day = columns.at(4).substr(0, 10);
  if (units < 0) {
    day = books.origin.at(sale);
  } else {
    books.origin[sale] = day;
    books.invoices[day][columns.at(0)] += units;  // also of orders that were cancelled later
  }
  Sums& sums = books.sold[{day, code}];
  sums.units += units;
  sums.revenue += units * price_of(columns.at(5));
}

// The rows of a file that the account says came in.
void add_file(const std::string& file, const json::value& account, Books& books) {
  std::map<std::int64_t, std::string> classes;
  for (const json::value& row : account.at("rows").as_array()) {
    if (std::string{row.at("file").as_string()} != file) continue;
    classes[row.at("line").to_number<std::int64_t>()] = row.at("class").as_string();
  }
  std::ifstream in{file};
  std::string line;
  std::getline(in, line);
  for (std::int64_t number = 2; std::getline(in, line); ++number) {
    const auto found = classes.find(number);
    const std::string what = found == classes.end() ? "imported" : found->second;
    if (what != "imported" && what != "merged" && what != "cancelled") continue;
    add_line(columns_of(line), books);
  }
}

Sold from_statistics(const std::string& day) {
  const Reply reply = get("/v1/statistics/sales?by=product&from=" + day + "&to=" + day);
  REQUIRE(reply.status == 200);
  Sold sold;
  for (const json::value& row : reply.body().at("rows").as_array()) {
    const std::string sku{row.at("sku").as_string()};
    Sums& sums = sold[{day, sku.substr(0, sku.rfind('@'))}];
    sums.units += row.at("units").to_number<std::int64_t>();
    sums.revenue += parse_amount(std::string{row.at("revenue").as_string()}).value();
  }
  return sold;
}

// The rows of the day's report, by what the orders say they are.
Invoices from_report(const std::string& day) {
  Invoices invoices;
  for (const json::object& row : all_items("/v1/reports?limit=100&report_date=" + day)) {
    const Reply order = get("/v1/orders/" + text(row, "order_id"));
    const bool is_new =
        invoices
            .emplace(order.member("reference"), row.at("count_product").to_number<std::int64_t>())
            .second;
    CHECK(is_new);
  }
  return invoices;
}

Minor revenue_of(const Sold& sold, const std::string& day) {
  Minor sum = 0;
  for (const auto& [what, sums] : sold) {
    if (what.first == day) sum += sums.revenue;
  }
  return sum;
}

json::value import(const std::vector<std::string>& days) {
  const std::string account_file =
      std::filesystem::temp_directory_path() / (unique("waybill-account") + ".json");
  std::string command = std::string{WAYBILL_TOOL} + " import retail --account " + account_file;
  for (const std::string& day : days) command += " " + folder + day + ".csv";
  ::setenv("WAYBILL_TOKEN", ops_token().c_str(), 1);
  e2e::run(command + " 2>&1");
  std::ifstream in{account_file};
  const json::value account = json::parse(std::string{std::istreambuf_iterator<char>{in}, {}});
  std::filesystem::remove(account_file);
  return account;
}

}  // namespace

TEST_CASE("two real days: sales and reports are what the files say, to the penny",
          "[e2e][report][tool]") {
  const std::vector<std::string> days{"2010-12-05", "2010-12-06"};
  const json::value account = import(days);
  Books books;
  for (const std::string& day : days) add_file(folder + day + ".csv", account, books);
  Sold found;
  for (const std::string& day : days) {
    CAPTURE(day);
    const Invoices& invoices = books.invoices.at(day);
    const Reply done = call(with_header(
        json_call("POST", "/v1/reports", json::object{{"report_date", day}}), "Prefer", "wait=30"));
    REQUIRE(done.status == 201);
    CHECK(done.number("reports_count") == std::ssize(invoices));
    CHECK(from_report(day) == invoices);
    found.merge(from_statistics(day));
  }
  std::erase_if(books.sold, [](const auto& entry) { return entry.second.units == 0; });
  CHECK((found == books.sold));  // thousands of rows: not printed
  const Reply by_day = get("/v1/statistics/sales?from=2010-12-05&to=2010-12-06");
  CHECK(by_day.body().at("currency") == "GBP");
  for (std::size_t i = 0; i < days.size(); ++i) {
    const json::value& row = by_day.body().at("rows").at(i);
    CHECK(std::string{row.at("revenue").as_string()} ==
          format_money(revenue_of(books.sold, days[i])));
  }
}
