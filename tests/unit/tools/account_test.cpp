#include "tools/waybill/retail/account.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/tools/retail_builders.hpp"
#include "tools/waybill/retail/run.hpp"

using namespace waybill;
using namespace waybill::tool::retail;

namespace {

struct Scene {
  RowSet set =
      rows_of({"1,A,x,2,2010-12-01 08:10:00,1.50,7,UK", "1,A,x,1,2010-12-01 08:10:00,1.50,7,UK",
               "2,B,x,1,2010-12-01 08:20:00,4.00,7,UK", "C3,B,x,-1,2010-12-01 08:30:00,4.00,7,UK"});
  Plan plan = make_plan(set);
  Execution execution = assume_accepted(plan);

  Account settle() const { return make_account(set, plan, execution); }
};

}  // namespace

TEST_CASE("an accepted import adds up and is good", "[retail][account]") {
  const Account account = Scene{}.settle();
  CHECK(account.good());
  CHECK(account.of(RowClass::imported) == Sum{2, 3, 700});
  CHECK(account.of(RowClass::merged) == Sum{1, 1, 150});
  CHECK(account.of(RowClass::cancelled) == Sum{1, -1, -400});
  CHECK(account.files == Sum{4, 3, 450});
  CHECK(account.orders == 2);
  CHECK(account.cancelled_orders == 1);
  CHECK(account.orders_total == 850);
}

TEST_CASE("rows of a refused order are refused, with the platform's code", "[retail][account]") {
  Scene scene;
  scene.execution.orders[0] = Refusal{"out-of-stock", "Not enough units."};
  const Account account = scene.settle();
  CHECK(account.of(RowClass::refused) == Sum{2, 3, 450});
  CHECK(account.refused_codes.at("out-of-stock").rows == 2);
  CHECK(account.not_imported[0].reason == "out-of-stock: Not enough units.");
  CHECK(account.totals_agree());
  CHECK_FALSE(account.good());
}

TEST_CASE("the cancellation of a refused order has nothing to cancel", "[retail][account]") {
  Scene scene;
  scene.execution.orders[1] = Refusal{"out-of-stock", ""};
  const Account account = scene.settle();
  CHECK(account.of(RowClass::return_unmatched).rows == 1);
  CHECK(account.cancelled_orders == 0);
}

TEST_CASE("a refused payment is not good, although all rows became lines", "[retail][account]") {
  Scene scene;
  scene.execution.payments[0] = Refusal{"illegal-transition", "It is SHIPPED."};
  const Account account = scene.settle();
  CHECK(account.of(RowClass::refused).rows == 0);
  CHECK(account.refused_writes ==
        std::vector<std::string>{"payment of invoice 1: illegal-transition It is SHIPPED."});
  CHECK_FALSE(account.good());
}

TEST_CASE("a total that the platform computes otherwise is found", "[retail][account]") {
  Scene scene;
  std::get<PlacedOrder>(scene.execution.orders[0]).total += 1;
  CHECK_FALSE(scene.settle().totals_agree());
}

TEST_CASE("the account names file and line of each row that was not imported",
          "[retail][account]") {
  const Scene scene;
  const auto json = to_json(scene.settle(), scene.set, "GBP");
  const auto& rows = json.at("rows").as_array();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].at("file") == "day.csv");
  CHECK(rows[0].at("line") == 3);
  CHECK(rows[0].at("class") == "merged");
  CHECK(rows[1].at("class") == "cancelled");
  CHECK(json.at("orders").at("total_price") == "8.50");
}

TEST_CASE("five real days: every row has its class", "[retail][account]") {
  std::vector<std::string> files;
  for (const char* day : {"01", "02", "03", "05", "06"}) {
    files.push_back(fmt::format("tests/data/online-retail/2010-12-{}.csv", day));
  }
  Import import = prepare(files, "Europe/London");
  pretend(import);
  const Account& account = import.account;
  CHECK(account.good());
  CHECK(account.files.rows == 14022);
  CHECK(account.of(RowClass::malformed).rows == 0);
  CHECK(account.of(RowClass::zero_price).rows == 59);
  CHECK(account.cancelled_orders == 2);
}
