// The command-line tool against the running platform.
#include <filesystem>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
namespace json = boost::json;

namespace {

// A folder that goes with the test.
class Folder {
 public:
  Folder() : path_{std::filesystem::temp_directory_path() / unique("waybill-test")} {
    std::filesystem::create_directory(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name) const { return path_ / name; }

  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream{file(name)} << content;
    return file(name);
  }

  std::string read(const std::string& name) const {
    std::ifstream in{file(name)};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

 private:
  std::filesystem::path path_;
};

// Invoices, codes and customers that only this test has.
struct RetailDay {
  std::string number =
      std::to_string(100'000'000 + std::hash<std::string>{}(new_id().to_string()) % 900'000'000);
  std::string header =
      "Country,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo\n";

  std::string row(const std::string& invoice, const std::string& code, const std::string& quantity,
                  const std::string& price, const std::string& minute) const {
    return fmt::format("France,{},{},2010-12-01 08:{}:00,{},TEA,{}{},{}\n", number, price, minute,
                       quantity, code, number, invoice);
  }
  std::string reference(const std::string& invoice) const { return invoice + number; }
};

// Exit code of the tool. It signs in by itself only where that is what is tested: nobody may do so
// more often than five times a minute.
int tool(const std::string& arguments, bool signs_in = false) {
  signs_in ? ::unsetenv("WAYBILL_TOKEN") : ::setenv("WAYBILL_TOKEN", ops_token().c_str(), 1);
  const std::string command = WAYBILL_TOOL " " + arguments + " >/dev/null 2>&1";
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::vector<json::object> orders_of(const std::string& reference) {
  return all_items("/v1/orders?limit=100&reference=" + web::url_encode(reference));
}

}  // namespace

TEST_CASE("invoices become paid orders, and running it again changes nothing", "[e2e][tool]") {
  const Folder folder;
  const RetailDay day;
  const std::string sale = day.reference("1");
  const std::string taken_back = day.reference("2");
  const std::string file = folder.write(
      "day.csv", day.header + day.row(sale, "A", "2", "1.50", "10") +
                     day.row(sale, "A", "1", "1.5", "10") + day.row(sale, "B", "1", "4", "10") +
                     day.row(taken_back, "B", "3", "4.00", "20") +
                     day.row("C" + taken_back, "B", "-3", "4.00", "30") +
                     day.row(day.reference("3"), "B", "1", "0", "40"));
  REQUIRE(tool("import retail " + file + " --account " + folder.file("first.json"), true) == 0);
  REQUIRE(tool("import retail " + file + " --account " + folder.file("second.json")) == 0);
  CHECK(folder.read("first.json") == folder.read("second.json"));

  const auto sales = orders_of(sale);
  REQUIRE(sales.size() == 1);
  CHECK(text(sales[0], "status") == "PAID");
  CHECK(text(sales[0], "total_price") == "8.50");
  CHECK(text(sales[0], "currency") == "GBP");
  CHECK(text(sales[0], "order_date") == "2010-12-01T08:10:00.000Z");
  CHECK(sales[0].at("items").as_array().size() == 2);
  CHECK(sales[0].at("delivery_address").at("country") == "France");
  const auto canceled = orders_of(taken_back);
  REQUIRE(canceled.size() == 1);
  CHECK(text(canceled[0], "status") == "CANCELED");
  CHECK(orders_of(day.reference("3")).empty());

  const std::string product = text(sales[0].at("items").at(1).as_object(), "product_id");
  CHECK(testing::eventually(seconds{10}, [&] { return stock_of(product) == 3; }));
}

TEST_CASE("what the platform refuses is told row by row, with exit code 1", "[e2e][tool]") {
  const Folder folder;
  const RetailDay day;
  const std::string file = folder.write(
      "day.csv", day.header + day.row(day.reference("1"), "A", "1000001", "1.00", "10") +
                     day.row(day.reference("2"), "B", "1", "1.00", "10"));
  CHECK(tool("import retail " + file + " --account " + folder.file("account.json")) == 1);
  const json::value account = json::parse(folder.read("account.json"));
  CHECK(account.at("refused").at("validation-failed").at("rows") == 1);
  CHECK(account.at("rows").at(0).at("line") == 2);
  CHECK(account.at("checks").at("classes_add_up") == true);
  CHECK(account.at("checks").at("totals_agree") == true);
  CHECK(orders_of(day.reference("2")).size() == 1);
}

TEST_CASE("an import that was killed half-way goes on where it was", "[e2e][tool]") {
  const Folder folder;
  const RetailDay day;
  std::string content = day.header;
  for (int i = 0; i < 60; ++i) {
    content += day.row(day.reference(std::to_string(i) + "-"), "A", "1", "1.00", "10");
  }
  const std::string file = folder.write("day.csv", content);
  // 137: killed.
  std::system(
      ("timeout -s KILL 0.3 " WAYBILL_TOOL " import retail " + file + " >/dev/null 2>&1").c_str());
  REQUIRE(tool("import retail " + file) == 0);
  const auto orders = orders_of(day.reference("59-"));
  REQUIRE(orders.size() == 1);
  const std::string user = text(orders[0], "user_id");
  CHECK(all_items("/v1/users/" + user + "/orders?limit=100").size() == 60);
  CHECK(stock_of(text(orders[0].at("items").at(0).as_object(), "product_id")) == 0);
}

TEST_CASE("a command line or file that makes no sense is exit code 2", "[e2e][tool]") {
  const Folder folder;
  CHECK(tool("--help") == 0);
  CHECK(tool("") == 2);
  CHECK(tool("teleport") == 2);
  CHECK(tool("import retail") == 2);
  CHECK(tool("import retail " + folder.file("nothing.csv")) == 2);
  CHECK(tool("import retail " + folder.write("x.csv", "a,b\n1,2\n")) == 2);
  CHECK(tool("events show --from someday") == 2);
  CHECK(tool("events show waybill.nothing") == 1);
  CHECK(tool("events show --kafka-brokers 127.0.0.1:1") == 1);  // a flag wins over the environment
  CHECK(tool("import retail --gateway 127.0.0.1:1 " + folder.write("y.csv", RetailDay{}.header)) ==
        1);
}

TEST_CASE("events of one order are shown as JSON lines, and a tail ends with Ctrl-C",
          "[e2e][tool]") {
  const std::string id = place(make_customer(), {{make_product("1.00", 5), 1}}).id();
  const std::string show = WAYBILL_TOOL " events show waybill.orders --from 5m --json --key " + id;
  std::string output;
  REQUIRE(testing::eventually(seconds{15}, [&] {
    output = run(show);
    return std::count(output.begin(), output.end(), '\n') == 2;
  }));
  const json::value confirmed = json::parse(output.substr(output.find('\n') + 1));
  CHECK(confirmed.at("type") == "waybill.order.v1.OrderConfirmed");
  CHECK(confirmed.at("headers").at("ce_version") == "2");
  CHECK(confirmed.at("data").at("order").at("status") == "CONFIRMED");
  CHECK(std::system("timeout -s INT --preserve-status 2 " WAYBILL_TOOL " events tail >/dev/null") ==
        0);
}
