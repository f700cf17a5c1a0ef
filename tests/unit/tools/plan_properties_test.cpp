#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include "tests/unit/tools/retail_builders.hpp"
#include "tools/waybill/retail/account.hpp"

using namespace waybill;
using namespace waybill::tool::retail;

namespace {

// Few values for each column, so that rows merge, match and clash often.
rc::Gen<std::string> a_line() {
  const auto invoice = rc::gen::element<std::string>("1", "2", "3", "4", "C5", "C6", "");
  const auto code = rc::gen::element<std::string>("A", "a", "B", "POST");
  const auto quantity = rc::gen::element<std::string>("1", "2", "-1", "-2", "0", "x");
  const auto minute = rc::gen::element<std::string>("10", "20", "30", "99");
  const auto price = rc::gen::element<std::string>("1", "1.00", "2.5", "0", "-3", "0.001");
  const auto customer = rc::gen::element<std::string>("7", "7.0", "8", "", "?");
  const auto country = rc::gen::element<std::string>("UK", "France", "");
  return rc::gen::map(rc::gen::tuple(invoice, code, quantity, minute, price, customer, country),
                      [](const auto& row) {
                        const auto& [no, what, units, at, each, who, where] = row;
                        return fmt::format("{},{},,{},2010-12-01 08:{}:00,{},{},{}", no, what,
                                           units, at, each, who, where);
                      });
}

rc::Gen<std::vector<std::string>> lines() {
  return rc::gen::container<std::vector<std::string>>(a_line());
}

bool holds(
    const std::function<void(std::vector<std::string>, std::vector<std::string>)>& property) {
  return rc::check([&] { property(*lines(), *lines()); });
}

}  // namespace

TEST_CASE("the classes of any files add up to all rows, and the orders to what is sold",
          "[retail][property]") {
  CHECK(holds([](const auto& first, const auto&) {
    const RowSet set = rows_of(first);
    const Plan plan = make_plan(set);
    const Account account = make_account(set, plan, assume_accepted(plan));
    RC_ASSERT(account.files.rows == static_cast<std::int64_t>(first.size()));
    RC_ASSERT(account.classes_add_up());
    RC_ASSERT(account.totals_agree());
    std::int64_t planned = 0;
    for (const PlannedProduct& product : plan.products) planned += product.units;
    std::int64_t ordered = 0;
    for (const PlannedOrder& order : plan.orders) ordered += order.units;
    RC_ASSERT(planned == ordered);
  }));
}

TEST_CASE("the same files in another order give the same plan", "[retail][property]") {
  CHECK(holds([](const auto& first, const auto& second) {
    const SourceFile a = file_of(first, "a.csv");
    const SourceFile b = file_of(second, "b.csv");
    RC_ASSERT(make_plan(read_rows({a, b}, "UTC")) == make_plan(read_rows({b, a}, "UTC")));
  }));
}

TEST_CASE("no order is cancelled twice, and none by another customer", "[retail][property]") {
  CHECK(holds([](const auto& first, const auto& second) {
    std::vector<std::string> all = first;
    all.insert(all.end(), second.begin(), second.end());
    const Plan plan = plan_of(all);
    std::set<std::size_t> cancelled;
    for (const PlannedCancellation& cancellation : plan.cancellations) {
      RC_ASSERT(cancelled.insert(cancellation.order).second);
    }
  }));
}

TEST_CASE("whatever the platform refuses, each row ends in one class", "[retail][property]") {
  CHECK(holds([](const auto& first, const auto&) {
    const RowSet set = rows_of(first);
    const Plan plan = make_plan(set);
    Execution execution = assume_accepted(plan);
    for (auto& order : execution.orders) {
      if (*rc::gen::arbitrary<bool>()) order = Refusal{"out-of-stock", ""};
    }
    for (auto& cancellation : execution.cancellations) {
      if (*rc::gen::arbitrary<bool>()) cancellation = Refusal{"illegal-transition", ""};
    }
    const Account account = make_account(set, plan, execution);
    RC_ASSERT(account.classes_add_up());
    RC_ASSERT(account.totals_agree());
  }));
}
