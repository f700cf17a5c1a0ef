// What the product service's answers do to an order.
#include <catch2/catch.hpp>

#include "tests/integration/order/shop.hpp"

using namespace waybill;
using namespace waybill::order;
using namespace waybill::order::test;

namespace {

constexpr pg::Statement timers_of{"test_timers_of",
                                  "SELECT count(*) FROM timer WHERE subject = $1::uuid"};

}  // namespace

TEST_CASE("a reservation confirms the order and answers the customer", "[order][saga]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const Id id = place(worker, anna, 4);
  const auto answer = command(reserved(worker, id), staff());
  const Done done = worker.run_one(confirm_orders, answer);
  CHECK(done.outcome().status == 204);
  CHECK(done.told() == std::vector<std::string>{"OrderConfirmed"});
  REQUIRE(done.out.completions.size() == 1);
  const outbox::Outcome& outcome = done.out.completions[0].outcome;
  CHECK(done.out.completions[0].command_id == id);
  CHECK(outcome.status == 201);
  CHECK(outcome.version == 2);
  CHECK(outcome.location == "/v1/orders/" + id.to_string());
  const json::value order = json::parse(outcome.body);
  CHECK(order.at("status").as_string() == "CONFIRMED");
  CHECK(order.at("total_price").as_string() == "10.00");
  CHECK(order.at("items").at(0).at("line_total").as_string() == "10.00");
  CHECK(order.at("expires_at").as_string() == to_rfc3339(answer.now + std::chrono::minutes{30}));
  CHECK(worker.order(id) == order);
  REQUIRE(done.out.invalidations.size() == 1);
  CHECK(done.out.invalidations[0].key == "order:" + id.to_string());
  CHECK(done.out.invalidations[0].version == 2);
  CHECK(worker.count(timers_of, id) == 1);
}

TEST_CASE("without a timeout no timer is set", "[order][saga]") {
  Worker worker;
  const Id id = place(worker, known_customer(worker));
  worker.run_one(commands::ConfirmOrders{milliseconds{0}}, command(reserved(worker, id), staff()));
  CHECK(worker.order(id).at("expires_at").is_null());
  CHECK(worker.count(timers_of, id) == 0);
}

TEST_CASE("a batch of reservations confirms each order", "[order][saga]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  std::vector<Id> ids;
  std::vector<outbox::Command<v1::StockReserved>> batch;
  for (int i = 0; i < 20; ++i) {
    ids.push_back(place(worker, anna, i + 1));
    batch.push_back(command(reserved(worker, ids.back()), staff()));
  }
  const Done done = worker.run(confirm_orders, batch);
  CHECK(done.count("OrderConfirmed") == 20);
  CHECK(done.out.completions.size() == 20);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const json::value order = worker.order(ids[i]);
    CHECK(order.at("status").as_string() == "CONFIRMED");
    CHECK(order.at("total_price").as_string() == format_money(250 * static_cast<Minor>(i + 1)));
  }
}

TEST_CASE("a reservation that is delivered twice changes nothing more", "[order][saga]") {
  Worker worker;
  const Id id = place(worker, known_customer(worker));
  const auto answer = command(reserved(worker, id), staff());
  const Done twice = worker.run(confirm_orders, std::vector{answer, answer});
  CHECK(twice.told() == std::vector<std::string>{"OrderConfirmed"});
  CHECK(twice.out.completions.size() == 1);
  const json::value before = worker.order(id);
  CHECK(worker.run_one(confirm_orders, answer).told().empty());
  CHECK(worker.order(id) == before);
}

TEST_CASE("a refusal rejects the order once, even when delivered twice", "[order][saga]") {
  Worker worker;
  const Id id = place(worker, known_customer(worker));
  const std::string product{worker.order(id).at("items").at(0).at("product_id").as_string()};
  const std::string members =
      R"({"items":[{"product_id":")" + product + R"(","requested":2,"available":1}]})";
  const auto answer = command(refused(id, "out-of-stock", members), staff());
  const Done done = worker.run(commands::reject_orders, std::vector{answer, answer});
  CHECK(done.told() == std::vector<std::string>{"OrderRejected"});
  REQUIRE(done.out.completions.size() == 1);
  CHECK(done.out.completions[0].outcome.status == 409);
  const json::value problem = json::parse(done.out.completions[0].outcome.body);
  CHECK(problem.at("code").as_string() == "out-of-stock");
  CHECK(problem.at("order_id").as_string() == id.to_string());
  CHECK(problem.at("items").at(0).at("available").as_int64() == 1);
  const json::value order = worker.order(id);
  CHECK(order.at("status").as_string() == "REJECTED");
  CHECK(order.at("version").as_int64() == 2);
  CHECK(order.at("reason").at("code").as_string() == "out-of-stock");
  CHECK(order.at("reason").at("items").at(0).at("requested").as_int64() == 2);
  CHECK(worker.run_one(commands::reject_orders, answer).told().empty());
}

TEST_CASE("units reserved for an order that does not want them go back", "[order][saga]") {
  Worker worker;
  const Id id = place(worker, known_customer(worker));
  const auto late = command(reserved(worker, id), staff());
  worker.run_one(commands::reject_orders, command(refused(id, "unknown-product"), staff()));
  const Done done = worker.run_one(confirm_orders, late);
  CHECK(done.told() == std::vector<std::string>{"ReleaseStock"});
  CHECK(done.out.rows[0].key == derive_id(id, "release").to_string());
  CHECK(worker.order(id).at("status").as_string() == "REJECTED");

  v1::StockReserved stranger = late.body;
  stranger.set_order_id(new_id().to_string());
  CHECK(worker.run_one(confirm_orders, command(stranger, staff())).told() ==
        std::vector<std::string>{"ReleaseStock"});
}

TEST_CASE("a reservation that comes again after the order was canceled changes nothing",
          "[order][saga]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const Id id = place(worker, anna);
  const auto answer = command(reserved(worker, id), staff());
  worker.run_one(confirm_orders, answer);
  worker.run_one(commands::cancel_orders, command(cancel(id), customer(anna.id)));
  CHECK(worker.run_one(confirm_orders, answer).told().empty());
  CHECK(worker.order(id).at("status").as_string() == "CANCELED");
}

TEST_CASE("an answer that can't be read is for the dead queue", "[order][saga]") {
  Worker worker;
  const Id id = place(worker, known_customer(worker));
  auto answer = reserved(worker, id);
  answer.set_total_price("many");
  CHECK_THROWS_AS(worker.run_one(confirm_orders, command(answer, staff())), std::invalid_argument);
  CHECK(worker.order(id).at("status").as_string() == "PENDING");
}
