#include <catch2/catch.hpp>

#include "tests/unit/tools/retail_builders.hpp"

using namespace waybill;
using namespace waybill::tool::retail;

namespace {

const std::string kHeart = "536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850,United Kingdom";
const std::string kLantern = "536365,71053,LANTERN,2,2010-12-01 08:26:00,3.39,17850,United Kingdom";

std::vector<RowClass> classes_of(const std::vector<std::string>& lines) {
  return plan_of(lines).classes;
}

}  // namespace

TEST_CASE("an invoice becomes an order with its own prices", "[retail][plan]") {
  const Plan plan = plan_of({kHeart, kLantern});
  REQUIRE(plan.orders.size() == 1);
  const PlannedOrder& order = plan.orders[0];
  CHECK(order.invoice == "536365");
  CHECK(order.total == 6 * 255 + 2 * 339);
  CHECK(order.units == 8);
  CHECK(order.country == "United Kingdom");
  CHECK(order.lines == std::vector<PlannedLine>{{0, 6}, {1, 2}});
  CHECK(plan.products[0] == PlannedProduct{"85123A@2.55", "HEART", 255, 6});
  CHECK(plan.products[1] == PlannedProduct{"71053@3.39", "LANTERN", 339, 2});
  CHECK(plan.customers[0] ==
        PlannedCustomer{"retail-17850", "17850@retail.example", {"United Kingdom"}});
}

TEST_CASE("equal code and price merge, however they are written", "[retail][plan]") {
  const Plan plan =
      plan_of({kHeart, "536365,85123a,HEART,4,2010-12-01 08:26:00,2.550,17850.0,United Kingdom"});
  CHECK(plan.classes == std::vector{RowClass::imported, RowClass::merged});
  REQUIRE(plan.orders[0].lines.size() == 1);
  CHECK(plan.orders[0].lines[0].units == 10);
  CHECK(plan.products.size() == 1);
  CHECK(plan.products[0].units == 10);
}

TEST_CASE("another price of a code is another product of the same name", "[retail][plan]") {
  const Plan plan =
      plan_of({"1,A,,1,2010-12-01 08:26,1.25,,UK", "2,a,BOWL,1,2010-12-01 08:27,2.1,,UK"});
  REQUIRE(plan.products.size() == 2);
  CHECK(plan.products[0] == PlannedProduct{"A@1.25", "BOWL", 125, 1});
  CHECK(plan.products[1] == PlannedProduct{"A@2.10", "BOWL", 210, 1});
}

TEST_CASE("a code that nobody describes is its own name", "[retail][plan]") {
  CHECK(plan_of({"1,A,,1,2010-12-01 08:26,1,,UK"}).products[0].name == "A");
}

TEST_CASE("names longer than a product's name may be are cut between characters",
          "[retail][plan]") {
  std::string name;
  for (int i = 0; i < 201; ++i) name += "\xC3\xBC";
  const Plan plan = plan_of({"1,A," + name + ",1,2010-12-01 08:26,1,,UK"});
  CHECK(plan.products[0].name.size() == 400);
}

TEST_CASE("price is looked at before quantity", "[retail][plan]") {
  CHECK(classes_of({"1,A,x,-1,2010-12-01 08:26,0,,UK", "1,A,x,-1,2010-12-01 08:26,-2,,UK",
                    "1,A,x,-1,2010-12-01 08:26,2,,UK", "1,A,x,0,2010-12-01 08:26,2,,UK",
                    "1,A,x,one,2010-12-01 08:26,2,,UK"}) ==
        std::vector{RowClass::zero_price, RowClass::negative_price, RowClass::negative_quantity,
                    RowClass::negative_quantity, RowClass::malformed});
}

TEST_CASE("an invoice with nothing to sell is no order", "[retail][plan]") {
  const Plan plan = plan_of({"1,A,x,1,2010-12-01 08:26,0,17850,UK"});
  CHECK(plan.orders.empty());
  CHECK(plan.products.empty());
  CHECK(plan.customers.empty());
}

TEST_CASE("guests are one customer per country, customers have an address per country",
          "[retail][plan]") {
  const Plan plan =
      plan_of({"1,A,x,1,2010-12-01 08:26,1,,France", "2,A,x,1,2010-12-01 08:27,1,,FRANCE",
               "3,A,x,1,2010-12-01 08:28,1,,EIRE", "4,A,x,1,2010-12-01 08:29,1,77,EIRE",
               "5,A,x,1,2010-12-01 08:30,1,77,France"});
  REQUIRE(plan.customers.size() == 3);
  CHECK(plan.customers[0].username == "retail-guest-France");
  CHECK(plan.customers[0].email == "guest-france@retail.example");
  CHECK(plan.customers[0].countries == std::vector<std::string>{"France", "FRANCE"});
  CHECK(plan.customers[1].username == "retail-guest-EIRE");
  CHECK(plan.customers[2].countries == std::vector<std::string>{"EIRE", "France"});
}

TEST_CASE("a cancellation that equals an order cancels it", "[retail][plan]") {
  const Plan plan = plan_of(
      {kHeart, kLantern, "C536999,71053,LANTERN,-2,2010-12-02 08:26:00,3.39,17850,United Kingdom",
       "C536999,85123A,HEART,-6,2010-12-02 08:26:00,2.55,17850,United Kingdom"});
  REQUIRE(plan.cancellations.size() == 1);
  CHECK(plan.cancellations[0].order == 0);
  CHECK(plan.classes == std::vector{RowClass::imported, RowClass::imported, RowClass::cancelled,
                                    RowClass::cancelled});
}

TEST_CASE("a return that equals no order is skipped by name", "[retail][plan]") {
  const std::string part = GENERATE(
      "C1,85123A,HEART,-5,2010-12-02 08:26:00,2.55,17850,United Kingdom",  // other quantity
      "C1,85123A,HEART,-6,2010-12-02 08:26:00,2.50,17850,United Kingdom",  // other price
      "C1,85123A,HEART,-6,2010-12-02 08:26:00,2.55,17851,United Kingdom",  // other customer
      "C1,85123A,HEART,-6,2010-12-01 08:25:00,2.55,17850,United Kingdom",  // before the order
      "C1,85123A,HEART,6,2010-12-02 08:26:00,2.55,17850,United Kingdom");  // no return
  const Plan plan = plan_of({kHeart, part});
  CHECK(plan.cancellations.empty());
  CHECK(plan.classes[1] == RowClass::return_unmatched);
}

TEST_CASE("the latest equal order is cancelled first, each once", "[retail][plan]") {
  const auto order = [](const std::string& invoice, const std::string& minute) {
    return invoice + ",A,x,1,2010-12-01 08:" + minute + ":00,1,7,UK";
  };
  const auto cancel = [](const std::string& invoice, const std::string& minute) {
    return invoice + ",A,x,-1,2010-12-01 09:" + minute + ":00,1,7,UK";
  };
  const Plan plan = plan_of({order("1", "10"), order("2", "20"), cancel("C1", "10"),
                             cancel("C2", "20"), cancel("C3", "30")});
  REQUIRE(plan.cancellations.size() == 2);
  CHECK(plan.orders[plan.cancellations[0].order].invoice == "2");
  CHECK(plan.orders[plan.cancellations[1].order].invoice == "1");
  CHECK(plan.classes[4] == RowClass::return_unmatched);
}

TEST_CASE("a cancellation with a row that can't be read cancels nothing", "[retail][plan]") {
  const Plan plan =
      plan_of({kHeart, "C1,85123A,HEART,-6,2010-12-02 08:26,2.55,17850,United Kingdom",
               "C1,71053,LANTERN,minus,2010-12-02 08:26,3.39,17850,United Kingdom"});
  CHECK(plan.cancellations.empty());
  CHECK(plan.classes ==
        std::vector{RowClass::imported, RowClass::return_unmatched, RowClass::malformed});
}

TEST_CASE("the order's date is the first of its invoice", "[retail][plan]") {
  const Plan plan =
      plan_of({"1,A,x,1,2010-12-01 16:58:00,1,,UK", "1,B,x,1,2010-12-01 16:57:00,1,,UK"});
  CHECK(to_rfc3339(plan.orders[0].at) == "2010-12-01T16:57:00.000Z");
}
