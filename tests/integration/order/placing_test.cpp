// Placing orders against a real database.
#include <catch2/catch.hpp>

#include "tests/integration/order/shop.hpp"

using namespace waybill;
using namespace waybill::order;
using namespace waybill::order::test;
using outbox::Outcome;

namespace {

constexpr pg::Statement orders_of{"test_orders_of",
                                  "SELECT count(*) FROM orders WHERE user_id = $1::uuid"};
constexpr pg::Statement parked_of{"test_parked_of",
                                  "SELECT count(*) FROM parked_order WHERE address_id = $1::uuid"};

}  // namespace

TEST_CASE("a batch of orders is placed, told and sent to the product service", "[order][place]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  std::vector<outbox::Command<v1::PlaceOrder>> batch;
  for (int i = 0; i < 50; ++i) {
    batch.push_back(command(order_of(anna, {{new_id(), 1}, {new_id(), 2}}), customer(anna.id)));
  }
  const Done done = worker.run(place_orders, batch);
  for (const Outcome& outcome : done.outcomes) CHECK(outcome.kind == Outcome::Kind::deferred);
  CHECK(done.count("OrderPlaced") == 50);
  CHECK(done.count("ReserveStock") == 50);
  CHECK(worker.count(orders_of, anna.id) == 50);
  const json::value order = worker.order(batch[7].id());
  CHECK(order.at("status").as_string() == "PENDING");
  CHECK(order.at("version").as_int64() == 1);
  CHECK(order.at("delivery_address").at("street").as_string() == "Hauptstr. 1");
  CHECK(order.at("items").as_array().size() == 2);
  CHECK(order.at("total_price").is_null());
}

TEST_CASE("lines of one product are one line of the order and of the reservation",
          "[order][place]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const Id cup = new_id(), pot = new_id();
  auto wanted = command(order_of(anna, {{cup, 1}, {pot, 2}, {cup, 3}}), customer(anna.id));
  wanted.body.set_expected_total("19.90");
  const Done done = worker.run_one(place_orders, wanted);
  const json::value order = worker.order(wanted.id());
  const json::array& items = order.at("items").as_array();
  REQUIRE(items.size() == 2);
  CHECK(items[0].at("product_id").as_string() == cup.to_string());
  CHECK(items[0].at("quantity").as_int64() == 4);
  CHECK(items[1].at("product_id").as_string() == pot.to_string());

  const auto& row = done.out.rows.at(1);
  CHECK(row.target == "product");
  CHECK(row.key == derive_id(wanted.id(), "reserve").to_string());
  product::v1::ReserveStock reserve;
  REQUIRE(reserve.ParseFromString(row.payload));
  CHECK(reserve.lines_size() == 2);
  CHECK(reserve.lines(0).quantity() == 4);
  CHECK(reserve.expected_total() == "19.90");
}

TEST_CASE("the same command makes one order, however late it comes again", "[order][place]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const auto wanted = command(order_of(anna, {{new_id(), 1}}), customer(anna.id));
  worker.run_one(place_orders, wanted);

  const Done pending = worker.run_one(place_orders, wanted);
  CHECK(pending.outcome().kind == Outcome::Kind::deferred);
  CHECK(pending.told().empty());

  worker.run_one(confirm_orders, command(reserved(worker, wanted.id()), staff()));
  const Done again = worker.run_one(place_orders, wanted);
  CHECK(again.outcome().status == 201);
  CHECK(again.outcome().location == "/v1/orders/" + wanted.id().to_string());
  CHECK(again.body().at("status").as_string() == "CONFIRMED");
  CHECK(again.told().empty());
  CHECK(worker.count(orders_of, anna.id) == 1);

  // Beside a new one.
  const auto other = command(order_of(anna, {{new_id(), 1}}), customer(anna.id));
  const Done both = worker.run(place_orders, std::vector{wanted, other});
  CHECK(both.outcomes[0].status == 201);
  CHECK(both.outcomes[1].kind == Outcome::Kind::deferred);
  CHECK(worker.order(other.id()).at("items").as_array().size() == 1);
}

TEST_CASE("a rejected order that is asked for again is refused again", "[order][place]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const auto wanted = command(order_of(anna, {{new_id(), 1}}), customer(anna.id));
  worker.run_one(place_orders, wanted);
  worker.run_one(commands::reject_orders, command(refused(wanted.id(), "out-of-stock"), staff()));
  const Done again = worker.run_one(place_orders, wanted);
  CHECK(again.code() == "out-of-stock");
  CHECK(again.outcome().fault->members.at("order_id").as_string() == wanted.id().to_string());
}

TEST_CASE("who may order what is decided by the caller", "[order][place]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const Id ben = new_id();
  const auto with = [&](auto edit, Caller caller) {
    auto wanted = command(order_of(anna, {{new_id(), 1}}), caller);
    edit(wanted.body);
    return worker.run_one(place_orders, wanted);
  };
  const auto plain = [](v1::PlaceOrder&) {};
  const auto for_anna = [&](v1::PlaceOrder& body) { body.set_user_id(anna.id.to_string()); };
  const auto dated = [](const char* date) {
    return [date](v1::PlaceOrder& body) { body.set_order_date(date); };
  };

  CHECK(with(for_anna, staff()).outcome().kind == Outcome::Kind::deferred);
  CHECK(with(for_anna, customer(anna.id)).outcome().kind == Outcome::Kind::deferred);
  CHECK(with(for_anna, customer(ben)).code() == "forbidden");
  CHECK(with(dated("2026-01-31T09:30:00Z"), customer(anna.id)).code() == "forbidden");
  CHECK(with(dated("2026-01-31T09:30:00Z"), {anna.id, Role::staff}).outcome().kind ==
        Outcome::Kind::deferred);

  const Done future = with(dated("2999-01-31T09:30:00Z"), {anna.id, Role::staff});
  CHECK(future.outcome().fault->kind == FaultKind::invalid);
  CHECK(future.outcome().fault->members.at("errors").at(0).at("pointer").as_string() ==
        "/order_date");
  const Done nobody = with(plain, staff());
  CHECK(nobody.outcome().fault->kind == FaultKind::invalid);
  CHECK(nobody.outcome().fault->members.at("errors").at(0).at("pointer").as_string() == "/user_id");
}

TEST_CASE("a foreign address is refused at once and leaves no order", "[order][place]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const Customer ben = known_customer(worker);
  const Done done =
      worker.run_one(place_orders, command(order_of(anna, {{new_id(), 1}}), customer(ben.id)));
  CHECK(done.code() == "unknown-address");
  CHECK(done.outcome().fault->kind == FaultKind::unprocessable);
  CHECK(done.told().empty());
  CHECK(worker.count(orders_of, ben.id) == 0);
}

TEST_CASE("an order waits for its address and is placed when it comes", "[order][place]") {
  Worker worker;
  const Customer late;
  const auto wanted = command(order_of(late, {{new_id(), 1}}), customer(late.id));
  const Done parked = worker.run_one(place_orders, wanted);
  CHECK(parked.outcome().kind == Outcome::Kind::deferred);
  CHECK(parked.told().empty());
  CHECK(worker.place_parked(wanted.now + seconds{1}).told().empty());
  CHECK(worker.count(parked_of, late.address) == 1);

  worker.apply({changed(late, 1)});
  const Done placed = worker.place_parked(wanted.now + seconds{1});
  CHECK(placed.told() == std::vector<std::string>{"OrderPlaced", "ReserveStock"});
  CHECK(placed.out.completions.empty());
  CHECK(worker.order(wanted.id()).at("status").as_string() == "PENDING");
  CHECK(worker.count(parked_of, late.address) == 0);
  CHECK(worker.place_parked(wanted.now + seconds{9}).told().empty());
}

TEST_CASE("an address that its owner knows places the order although no event has come",
          "[order][place]") {
  Worker worker;
  const Customer late;
  const auto wanted = command(order_of(late, {{new_id(), 1}}), customer(late.id));
  worker.run_one(place_orders, wanted);
  const auto identity = [&](const Id& user, const Id& address) {
    CHECK(user == late.id);
    CHECK(address == late.address);
    return Result<std::optional<domain::Address>>{
        domain::Address{"2 Side Street", "Bern", "BE", "3011", "CH"}};
  };
  const Done placed = worker.place_parked(wanted.now + seconds{3}, identity);
  CHECK(placed.told() == std::vector<std::string>{"OrderPlaced", "ReserveStock"});
  CHECK(worker.order(wanted.id()).at("delivery_address").at("street").as_string() ==
        "2 Side Street");
  CHECK(worker.count(parked_of, late.address) == 0);
}

TEST_CASE("while nobody can say whether an address exists its order waits on", "[order][place]") {
  Worker worker;
  const Customer late;
  const auto wanted = command(order_of(late, {{new_id(), 1}}), customer(late.id));
  worker.run_one(place_orders, wanted);
  const auto away = [](const Id&, const Id&) {
    return Result<std::optional<domain::Address>>{unavailable("identity is away")};
  };
  const Instant due = wanted.now + seconds{3};
  CHECK(worker.place_parked(due, away).out.completions.empty());
  CHECK(worker.count(parked_of, late.address) == 1);
  CHECK(worker.place_parked(due).out.completions.empty());  // it is asked for again a second later
  CHECK(worker.place_parked(due + seconds{1}).out.completions.size() == 1);
}

TEST_CASE("an address that does not come in time is refused, to who asked", "[order][place]") {
  Worker worker;
  const Customer nowhere;
  const auto wanted = command(order_of(nowhere, {{new_id(), 1}}), customer(nowhere.id));
  worker.run_one(place_orders, wanted);
  const Done refused = worker.place_parked(wanted.now + seconds{3});
  REQUIRE(refused.out.completions.size() == 1);
  CHECK(refused.out.completions[0].command_id == wanted.id());
  CHECK(refused.out.completions[0].outcome.status == 422);
  const json::value problem = json::parse(refused.out.completions[0].outcome.body);
  CHECK(problem.at("code").as_string() == "unknown-address");
  CHECK(problem.at("correlation_id").as_string() == "test");
  CHECK(problem.at("instance").as_string() == "/test");
  CHECK(worker.count(orders_of, nowhere.id) == 0);
  CHECK(worker.count(parked_of, nowhere.address) == 0);
}

TEST_CASE("one order of a batch is refused, its neighbours are placed", "[order][place]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const Customer ben = known_customer(worker);
  const Done done = worker.run(
      place_orders, std::vector{command(order_of(anna, {{new_id(), 1}}), customer(anna.id)),
                                command(order_of(anna, {{new_id(), 1}}), customer(ben.id)),
                                command(order_of(anna, {}), customer(anna.id)),
                                command(order_of(ben, {{new_id(), 1}}), customer(ben.id))});
  CHECK(done.outcomes[0].kind == Outcome::Kind::deferred);
  CHECK(done.code(1) == "unknown-address");
  CHECK(done.code(2) == "validation-failed");
  CHECK(done.outcomes[3].kind == Outcome::Kind::deferred);
  CHECK(done.count("OrderPlaced") == 2);
}

TEST_CASE("an order of 2000 lines is one order", "[order][place]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  std::vector<std::pair<Id, std::int64_t>> lines;
  for (int i = 0; i < 2000; ++i) lines.emplace_back(new_id(), 1'000'000);
  const auto wanted = command(order_of(anna, lines), customer(anna.id));
  worker.run_one(place_orders, wanted);
  const Done done = worker.run_one(confirm_orders, command(reserved(worker, wanted.id()), staff()));
  REQUIRE(done.out.completions.size() == 1);
  const json::value order = json::parse(done.out.completions[0].outcome.body);
  CHECK(order.at("items").as_array().size() == 2000);
  CHECK(order.at("total_price").as_string() == "5000000000.00");
  CHECK(worker.order(wanted.id()) == order);
}

TEST_CASE("text of any kind survives the way into the database and back", "[order][place]") {
  Worker worker;
  const Customer anna;
  worker.apply({changed(anna, 1, R"(O'Neill \ "Straße" {1,2} NULL 😀)")});
  auto wanted = command(order_of(anna, {{new_id(), 1}}), customer(anna.id));
  wanted.body.set_reference(R"(PO-1,"x"\{}')");
  worker.run_one(place_orders, wanted);
  const json::value order = worker.order(wanted.id());
  CHECK(order.at("reference").as_string() == wanted.body.reference());
  CHECK(order.at("delivery_address").at("street").as_string() ==
        R"(O'Neill \ "Straße" {1,2} NULL 😀)");
}
