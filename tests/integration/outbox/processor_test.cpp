#include <catch2/catch.hpp>

#include "libs/metrics/metrics.hpp"
#include "tests/integration/outbox/house.hpp"

using namespace waybill;
using namespace waybill::testing;

namespace {

constexpr auto kPatience = std::chrono::seconds{10};

// PlaceOrder waits for CancelOrder, which completes the order that it names: a saga in two steps.
void defer_and_complete(House& house, const Outcome& end) {
  house.handlers.on<PlaceOrder>(
      [](pg::Tx& tx, std::span<const Command<PlaceOrder>> batch, outbox::Writer&) {
        for (const auto& command : batch) note(tx, command.id());
        return std::vector<Outcome>(batch.size(), Outcome::deferred());
      });
  house.handlers.on<CancelOrder>(
      [end](pg::Tx&, std::span<const Command<CancelOrder>> batch, outbox::Writer& out) {
        for (const auto& command : batch) {
          out.complete(*Id::parse(command.body.order_id()), end, command.cause);
        }
        return std::vector<Outcome>(batch.size(), Outcome::no_content());
      });
}

CancelOrder cancel(const Id& order) {
  CancelOrder command;
  command.set_order_id(order.to_string());
  return command;
}

}  // namespace

TEST_CASE("a question over the queue is answered each time and leaves no trace", "[outbox]") {
  House house;
  house.handlers.on_query<CancelOrder>(
      [](pg::Session& session, const Command<CancelOrder>& question) {
        constexpr pg::Statement count{"test_count_work", "SELECT count(*) FROM work"};
        if (question.body.order_id().empty()) return Outcome::refused(not_found());
        return Outcome::ok(std::to_string(session.exec(count)[0].integer(0)));
      });
  house.start();
  const auto& received = metrics::counter(
      "consumer_messages_received_total", "",
      {{"service", metrics::process_name()}, {"action", CancelOrder::descriptor()->full_name()}});
  const double before = received.value();
  const auto question = house.message(cancel(new_id()));
  house.send(question);
  house.send(question);
  house.send(house.message(CancelOrder{}));
  const auto outcomes = house.outcomes(3);
  REQUIRE(outcomes.size() == 3);
  CHECK(outcomes[0].body() == "0");
  CHECK(outcomes[1].body() == "0");
  CHECK(outcomes[2].status() == 404);
  CHECK(house.count("SELECT count(*) FROM inbox") == 0);
  CHECK(received.value() == before + 3);
}

TEST_CASE("a question that fails is answered, and does not go to the dead queue", "[outbox]") {
  House house;
  house.handlers.on_query<CancelOrder>(
      [](pg::Session&, const Command<CancelOrder>&) -> Outcome { throw std::runtime_error{"no"}; });
  house.start();
  house.send(house.message(cancel(new_id())));
  const auto outcomes = house.outcomes(1);
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].status() == 500);
  CHECK(house.count("SELECT count(*) FROM inbox") == 0);
}

TEST_CASE("a command takes effect, is told and is answered", "[outbox]") {
  House house;
  house.place_orders();
  house.start();
  const Id id = new_id();
  auto command = house.message(PlaceOrder{}, id);
  command.headers["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  house.send(command);

  const auto outcomes = house.outcomes(1);
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].command_id() == id.to_string());
  CHECK(outcomes[0].status() == 201);
  CHECK(outcomes[0].location() == "/v1/orders/" + id.to_string());
  CHECK(outcomes[0].version() == 1);
  CHECK(house.count("SELECT count(*) FROM work") == 1);

  const auto events = house.events(1);
  REQUIRE(events.size() == 1);
  CHECK(events[0].key == id.to_string());
  CHECK(events[0].headers.at("ce_type") == "waybill.order.v1.OrderPlaced");
  CHECK(events[0].headers.at("ce_source") == "/waybill/order");
  CHECK(events[0].headers.at("ce_id") == derive_id(id, "waybill.orders:1").to_string());
  CHECK(events[0].headers.at("ce_correlationid") == "trace-" + id.to_string());
  CHECK(events[0].headers.at("traceparent") == command.headers.at("traceparent"));
  CHECK(eventually(kPatience, [&] {
    return house.count("SELECT count(*) FROM outbox") == 0 &&
           house.count("SELECT count(*) FROM outbox_sent") == 1;
  }));

  pg::Session session{house.connection()};
  const auto operation = outbox::find_operation(session, id);
  REQUIRE(operation);
  CHECK(operation->status == outbox::Operation::Status::succeeded);
  CHECK(operation->caller == "staff -");
  CHECK(operation->body == outcomes[0].body());
  CHECK(operation->finished_at);
  CHECK_FALSE(outbox::find_operation(session, new_id()));
}

TEST_CASE("whoever has the answer reads nothing older from the cache", "[outbox]") {
  House house;
  house.place_orders();
  house.start();
  const Id id = new_id();
  const std::string key = "order:" + id.to_string();
  REQUIRE(eventually(kPatience, [&] {
    house.cache().fill(key, {1, "", "{}"}, std::chrono::minutes{1});
    return house.cached(key) == 1;
  }));
  house.send(house.message(PlaceOrder{}, id));
  REQUIRE(house.outcomes(1).size() == 1);
  CHECK(house.cached(key) == 0);
}

TEST_CASE("outcomes of a batch for one queue leave in one message", "[outbox]") {
  House house;
  house.place_orders();
  house.send_all(
      {house.message(PlaceOrder{}), house.message(PlaceOrder{}), house.message(PlaceOrder{})});
  house.start();
  const auto replies = house.replies(1);
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].type == "waybill.common.v1.Outcomes");
  common::v1::Outcomes outcomes;
  REQUIRE(outcomes.ParseFromString(replies[0].body));
  CHECK(outcomes.outcomes_size() == 3);
}

TEST_CASE("a command that comes twice in a batch is done once and answered twice", "[outbox]") {
  House house;
  house.place_orders();
  const auto command = house.message(PlaceOrder{});
  house.send_all({command, house.message(PlaceOrder{}), command});
  house.start();
  const auto outcomes = house.outcomes(3);
  REQUIRE(outcomes.size() == 3);
  CHECK(house.count("SELECT count(*) FROM work") == 2);
}

TEST_CASE("a redelivered command gets its stored outcome", "[outbox]") {
  House house;
  house.place_orders();
  house.start();
  const auto command = house.message(PlaceOrder{});
  house.send(command);
  const auto first = house.outcomes(1);
  house.send(command);
  const auto second = house.outcomes(1);
  REQUIRE(first.size() == 1);
  REQUIRE(second.size() == 1);
  CHECK(first[0].SerializeAsString() == second[0].SerializeAsString());
  CHECK(house.count("SELECT count(*) FROM work") == 1);
  CHECK(house.events(1).size() == 1);
}

TEST_CASE("the same id with another request is refused", "[outbox]") {
  House house;
  house.place_orders();
  auto command = house.message(PlaceOrder{});
  command.headers["fingerprint"] = "one";
  command.headers["instance"] = "/v1/orders";
  auto other = command;
  other.headers["fingerprint"] = "other";

  SECTION("when it comes later") {
    house.start();
    house.send(command);
    CHECK(house.outcomes(1).at(0).status() == 201);
    house.send(other);
  }
  SECTION("when it comes in the same batch") {
    house.send_all({command, other});
    house.start();
  }
  bool refused = false;
  eventually(kPatience, [&] {
    for (const auto& outcome : house.outcomes(1)) {
      if (outcome.status() != 422) continue;
      refused = true;
      const auto problem = boost::json::parse(outcome.body()).as_object();
      CHECK(problem.at("code") == "idempotency-mismatch");
      CHECK(problem.at("instance") == "/v1/orders");
    }
    return refused;
  });
  CHECK(refused);
  CHECK(house.count("SELECT count(*) FROM work") == 1);
}

TEST_CASE("a refusal is stored as the problem document that is sent", "[outbox]") {
  House house;
  house.handlers.on<PlaceOrder>(
      [](pg::Tx&, std::span<const Command<PlaceOrder>> batch, outbox::Writer&) {
        return std::vector<Outcome>(batch.size(), Outcome::refused(conflict("sold", "All gone.")));
      });
  house.start();
  const auto command = house.message(PlaceOrder{});
  house.send(command);
  const auto outcome = house.outcomes(1).at(0);
  CHECK(outcome.status() == 409);
  const auto problem = boost::json::parse(outcome.body()).as_object();
  CHECK(problem.at("code") == "sold");
  CHECK(problem.at("instance") == "/commands/waybill.order.v1.PlaceOrder");
  CHECK(problem.at("correlation_id") == command.correlation_id.c_str());
}

TEST_CASE("a deferred outcome reaches everybody who waits for it", "[outbox]") {
  House house;
  defer_and_complete(house, Outcome::ok("{\"status\":\"CONFIRMED\"}", 2));
  house.start();
  const Id order = new_id();
  const auto place = house.message(PlaceOrder{}, order);
  house.send(place);
  REQUIRE(eventually(kPatience, [&] { return house.count("SELECT count(*) FROM work") == 1; }));
  pg::Session session{house.connection()};
  CHECK(outbox::find_operation(session, order)->status == outbox::Operation::Status::pending);

  // Another gateway asks for the same thing, in JSON.
  auto other = place;
  other.content_type = "application/json";
  other.body = "{}";
  other.correlation_id = "from outside";
  house.send(other);
  REQUIRE(eventually(
      kPatience, [&] { return house.count("SELECT max(cardinality(reply_to)) FROM inbox") == 2; }));

  auto end = house.message(cancel(order));
  end.reply_to.clear();
  house.send(end);
  const auto replies = house.replies(2);
  REQUIRE(replies.size() == 2);
  const bool json_first = replies[0].content_type == "application/json";
  const auto& json = replies[json_first ? 0 : 1];
  CHECK(json.correlation_id == "from outside");
  CHECK(json.body == "{\"command_id\":\"" + order.to_string() +
                         "\",\"status\":\"succeeded\",\"result\":{\"status\":\"CONFIRMED\"}}");
  CHECK(outbox::find_operation(session, order)->status == outbox::Operation::Status::succeeded);

  SECTION("again when the completing command is delivered again") {
    house.send(end);
    CHECK(house.replies(2).size() == 2);
  }
  SECTION("and a repeat of the deferred command later") {
    house.send(place);
    CHECK(house.outcomes(1).at(0).version() == 2);
    CHECK(house.count("SELECT count(*) FROM work") == 1);
  }
}

TEST_CASE("a saga that ends badly tells the problem of the request that began it", "[outbox]") {
  House house;
  defer_and_complete(house, Outcome::refused(conflict("out-of-stock", "Nothing left.")));
  house.start();
  const Id order = new_id();
  house.send(house.message(PlaceOrder{}, order));
  REQUIRE(eventually(kPatience, [&] { return house.count("SELECT count(*) FROM work") == 1; }));
  auto end = house.message(cancel(order));
  end.reply_to.clear();
  end.correlation_id = "trace-1";
  end.headers["instance"] = "/v1/orders";
  house.send(end);
  const auto outcome = house.outcomes(1).at(0);
  CHECK(outcome.command_id() == order.to_string());
  CHECK(outcome.status() == 409);
  const auto problem = boost::json::parse(outcome.body()).as_object();
  CHECK(problem.at("instance") == "/v1/orders");
  CHECK(problem.at("correlation_id") == "trace-1");
}

TEST_CASE("saga commands reach their queue with everything that connects them", "[outbox]") {
  House house;
  const Id child = new_id();
  house.handlers.on<PlaceOrder>(
      [child](pg::Tx&, std::span<const Command<PlaceOrder>> batch, outbox::Writer& out) {
        for (const auto& command : batch) out.command("stock", child, CancelOrder{}, command.cause);
        return std::vector<Outcome>(batch.size(), Outcome::deferred());
      });
  house.start();
  auto command = house.message(PlaceOrder{});
  command.headers["caller"] = "customer 0190f5fe-0000-7000-8000-000000000001";
  command.headers["instance"] = "/v1/orders";
  house.send(command);
  // There is no such queue yet: the command waits in the outbox and holds nobody up.
  REQUIRE(eventually(kPatience, [&] { return house.count("SELECT count(*) FROM outbox") == 1; }));

  messaging::QueueOptions stock;
  stock.name = "stock";
  house.rabbit->declare(stock);
  const auto sent = house.queued("stock", 1);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].type == "waybill.order.v1.CancelOrder");
  CHECK(sent[0].message_id == child.to_string());
  CHECK(sent[0].correlation_id == command.correlation_id);
  CHECK(sent[0].headers.at("caller") == command.headers.at("caller"));
  CHECK(sent[0].headers.at("causation_id") == command.message_id);
  CHECK(sent[0].headers.at("instance") == "/v1/orders");
  CHECK(sent[0].headers.contains("sent_at_us"));
}

TEST_CASE("a saga command leaves once, and its row is kept as sent", "[outbox][express]") {
  House house;
  messaging::QueueOptions stock;
  stock.name = "stock";
  house.rabbit->declare(stock);
  house.handlers.on<PlaceOrder>(
      [](pg::Tx&, std::span<const Command<PlaceOrder>> batch, outbox::Writer& out) {
        for (const auto& command : batch) {
          out.command("stock", derive_id(command.cause.command_id, "stock"), CancelOrder{},
                      command.cause);
        }
        return std::vector<Outcome>(batch.size(), Outcome::deferred());
      });
  house.start();
  for (int i = 0; i < 20; ++i) house.send(house.message(PlaceOrder{}));

  std::set<std::string> ids;
  for (const auto& sent : house.queued("stock", 20)) ids.insert(sent.message_id);
  CHECK(ids.size() == 20);
  CHECK(eventually(kPatience, [&] { return house.count("SELECT count(*) FROM outbox") == 0; }));
  CHECK(house.count("SELECT count(DISTINCT key) FROM outbox_sent WHERE channel = 'command'") == 20);
  // The relay has found nothing left to tell.
  CHECK(house.count("SELECT count(*) FROM outbox_sent") == 20);
}

TEST_CASE("a transaction of a service's own completes and tells like a command", "[outbox]") {
  House house;
  defer_and_complete(house, Outcome::no_content());
  house.start();
  const Id order = new_id();
  house.send(house.message(PlaceOrder{}, order));
  REQUIRE(eventually(kPatience, [&] { return house.count("SELECT count(*) FROM work") == 1; }));
  outbox::run_transaction(house.connection(), house.cache(), house.publisher(), house.relays(),
                          [&](pg::Tx& tx, outbox::Writer& out) {
                            note(tx, new_id());
                            out.event("waybill.orders", order, 1, order::v1::OrderCanceled{}, {});
                            out.complete(order, Outcome::ok("{}", 3), {});
                          });
  CHECK(house.outcomes(1).at(0).version() == 3);
  CHECK(house.events(1).size() == 1);
  CHECK(house.count("SELECT count(*) FROM work") == 2);
}

TEST_CASE("an effect happens once", "[outbox]") {
  House house;
  const Id event = new_id();
  pg::Connection connection{house.database.options()};
  {
    pg::Tx tx{connection};
    CHECK(outbox::claim_effect(tx, "mail", event));
  }  // not committed: it has not happened
  for (const bool first : {true, false}) {
    pg::Tx tx{connection};
    CHECK(outbox::claim_effect(tx, "mail", event) == first);
    CHECK(outbox::claim_effect(tx, "bot", event) == first);
    tx.commit();
  }
}

TEST_CASE("a hundred repeats over several workers are one effect", "[outbox]") {
  House house;
  house.place_orders();
  const auto command = house.message(PlaceOrder{});
  for (int i = 0; i < 100; ++i) house.send(command);
  house.start(4);
  CHECK(house.outcomes(100).size() == 100);
  CHECK(house.count("SELECT count(*) FROM work") == 1);
}
