// Paying, shipping, cancelling, and what is due.
#include <catch2/catch.hpp>

#include "tests/integration/order/shop.hpp"

using namespace waybill;
using namespace waybill::order;
using namespace waybill::order::test;

namespace {

constexpr pg::Statement timers_of{"test_timers_of",
                                  "SELECT count(*) FROM timer WHERE subject = $1::uuid"};

Done change_one(Worker& worker, const Id& id, const std::string& status, Caller caller) {
  return worker.run_one(commands::change_order_status, command(change(id, status), caller));
}

std::string status_of(Worker& worker, const Id& id) {
  return std::string{worker.order(id).at("status").as_string()};
}

}  // namespace

TEST_CASE("an order goes its way and every step is told", "[order][moves]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const Id id = confirmed_order(worker, anna);
  const Done paid = change_one(worker, id, "paid", staff());
  CHECK(paid.outcome().status == 200);
  CHECK(paid.outcome().version == 3);
  CHECK(paid.told() == std::vector<std::string>{"OrderPaid"});
  CHECK(paid.body().at("expires_at").is_null());
  CHECK(worker.count(timers_of, id) == 0);
  CHECK(change_one(worker, id, "Shipped", staff()).told() ==
        std::vector<std::string>{"OrderShipped"});
  CHECK(change_one(worker, id, "DELIVERED", staff()).told() ==
        std::vector<std::string>{"OrderDelivered"});
  const Done again = change_one(worker, id, "DELIVERED", staff());
  CHECK(again.code() == "illegal-transition");
  CHECK(again.outcome().fault->members.at("allowed").as_array().empty());
  CHECK(worker.order(id).at("version").as_int64() == 5);
}

TEST_CASE("the first check that fails says what is wrong", "[order][moves]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const Id id = confirmed_order(worker, anna);
  const Caller ben = customer(new_id());
  CHECK(change_one(worker, id, "gone", staff()).outcome().fault->kind == FaultKind::invalid);
  CHECK(change_one(worker, new_id(), "PAID", staff()).code() == "not-found");
  CHECK(change_one(worker, id, "CANCELED", ben).code() == "not-found");
  CHECK(change_one(worker, id, "PAID", ben).code() == "not-found");
  CHECK(change_one(worker, id, "PAID", customer(anna.id)).code() == "forbidden");
  v1::ChangeOrderStatus body = change(id, "SHIPPED");
  body.set_expected_version(1);
  CHECK(worker.run_one(commands::change_order_status, command(body, staff())).code() == "stale");
  body.set_expected_version(2);
  CHECK(worker.run_one(commands::change_order_status, command(body, staff())).code() ==
        "illegal-transition");
  CHECK(status_of(worker, id) == "CONFIRMED");
}

TEST_CASE("cancelling gives the stock back and says by whom", "[order][moves]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const Id own = confirmed_order(worker, anna);
  v1::CancelOrder wish = cancel(own);
  wish.set_reason("no need");
  const Done done = worker.run_one(commands::cancel_orders, command(wish, customer(anna.id)));
  CHECK(done.told() == std::vector<std::string>{"OrderCanceled", "ReleaseStock"});
  CHECK(done.out.rows[1].target == "product");
  CHECK(done.out.rows[1].key == derive_id(own, "release").to_string());
  CHECK(done.body().at("reason").at("code").as_string() == "by-customer");
  CHECK(done.body().at("reason").at("text").as_string() == "no need");
  CHECK(done.body().at("total_price").as_string() == "5.00");
  CHECK(worker.count(timers_of, own) == 0);
  CHECK(worker.order(own) == done.body());

  const Id paid = confirmed_order(worker, anna);
  change_one(worker, paid, "PAID", staff());
  const Done by_staff = change_one(worker, paid, "canceled", staff());
  CHECK(by_staff.told() == std::vector<std::string>{"OrderCanceled", "ReleaseStock"});
  CHECK(by_staff.body().at("reason").at("code").as_string() == "by-staff");
}

TEST_CASE("several changes of one order in a batch happen one after the other", "[order][moves]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const Id id = confirmed_order(worker, anna);
  const Id other = confirmed_order(worker, anna);
  const Done done = worker.run(
      commands::change_order_status,
      std::vector{command(change(id, "PAID"), staff()), command(change(id, "SHIPPED"), staff()),
                  command(change(other, "CANCELED"), staff()), command(change(id, "PAID"), staff()),
                  command(change(id, "DELIVERED"), staff())});
  CHECK(done.outcomes[0].version == 3);
  CHECK(done.outcomes[1].version == 4);
  CHECK(done.code(3) == "illegal-transition");
  CHECK(done.outcomes[4].version == 5);
  CHECK(done.told() == std::vector<std::string>{"OrderPaid", "OrderShipped", "OrderCanceled",
                                                "ReleaseStock", "OrderDelivered"});
  CHECK(status_of(worker, id) == "DELIVERED");
  CHECK(status_of(worker, other) == "CANCELED");
}

TEST_CASE("payment and cancellation at the same instant: the first commit wins", "[order][moves]") {
  Worker setup;
  const Customer anna = known_customer(setup);
  for (int round = 0; round < 20; ++round) {
    const Id id = confirmed_order(setup, anna);
    Done paid, canceled;
    std::thread payer{[&] {
      Worker worker;
      paid = change_one(worker, id, "PAID", staff());
    }};
    std::thread canceler{[&] {
      Worker worker;
      v1::CancelOrder wish = cancel(id);
      wish.set_expected_version(2);
      canceled = worker.run_one(commands::cancel_orders, command(wish, customer(anna.id)));
    }};
    payer.join();
    canceler.join();
    const bool was_paid = paid.outcome().status == 200;
    const bool was_canceled = canceled.outcome().status == 200;
    CHECK(was_paid != was_canceled);
    CHECK((was_paid ? canceled.code() : paid.code()) ==
          (was_paid ? "stale" : "illegal-transition"));
    CHECK(status_of(setup, id) == (was_paid ? "PAID" : "CANCELED"));
  }
}

TEST_CASE("unpaid orders expire once with any number of workers", "[order][timer]") {
  Worker setup;
  const Customer anna = known_customer(setup);
  std::set<std::string> ids;
  for (int i = 0; i < 60; ++i) ids.insert(confirmed_order(setup, anna).to_string());
  CHECK(setup.expire(now()).told().empty());

  const Instant later = now() + std::chrono::minutes{31};
  std::mutex mutex;
  std::map<std::string, int> canceled, released;
  std::vector<std::thread> threads;
  std::atomic<int> left{60};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      Worker worker;
      while (left > 0) {
        const Done done = worker.expire(later, 7);
        const std::lock_guard lock{mutex};
        for (const auto& row : done.out.rows) {
          if (row.channel == "event" && ids.contains(row.key)) {
            ++canceled[row.key];
            --left;
          }
          if (row.channel == "command") ++released[row.key];
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(canceled.size() == 60);
  for (const auto& [id, times] : canceled) CHECK(times == 1);
  for (const auto& [id, times] : released) CHECK(times == 1);
  for (const std::string& id : ids) {
    const json::value order = setup.order(*Id::parse(id));
    CHECK(order.at("status").as_string() == "CANCELED");
    CHECK(order.at("reason").at("code").as_string() == "unpaid");
    CHECK(setup.count(timers_of, id) == 0);
  }
}

TEST_CASE("payment and expiry at the same instant: one of them happens", "[order][timer]") {
  Worker setup;
  const Customer anna = known_customer(setup);
  std::vector<Id> ids;
  for (int i = 0; i < 40; ++i) ids.push_back(confirmed_order(setup, anna));
  const Instant later = now() + std::chrono::minutes{31};
  std::atomic<int> paid{0}, refused{0};
  std::thread payer{[&] {
    Worker worker;
    for (const Id& id : ids) {
      const Done done = change_one(worker, id, "PAID", staff());
      (done.outcome().status == 200 ? paid : refused)++;
    }
  }};
  Worker expirer;
  while (paid + refused < 40) expirer.expire(later, 3);
  payer.join();
  int still_paid = 0;
  for (const Id& id : ids) {
    still_paid += status_of(setup, id) == "PAID";
    CHECK(setup.count(timers_of, id) == 0);
  }
  CHECK(still_paid == paid);
  CHECK(paid + refused == 40);
}
