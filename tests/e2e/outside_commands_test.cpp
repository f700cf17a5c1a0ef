// Commands that other systems publish as JSON (RabbitMQ), as their documentation says.
#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "libs/messaging/broker.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
namespace json = boost::json;

namespace {

// Another system: publishes to a service's queue and listens for outcomes.
class OtherSystem {
 public:
  OtherSystem()
      : rabbit_{messaging::make_rabbit({.url = testing::environment("WAYBILL_RABBIT_URL")})},
        publisher_{rabbit_->make_publisher("test")},
        replies_{rabbit_->make_consumer(reply_queue())} {
    testing::eventually(seconds{10}, [&] { return replies_->is_connected(); });
  }

  // True when the broker has it.
  bool publish(const std::string& queue, const std::string& type, const std::string& body,
               const std::string& message_id = unique("message"), bool wants_reply = true) {
    messaging::OutgoingMessage out;
    out.to = {std::string{messaging::kCommandExchange}, queue};
    out.message.type = type;
    out.message.message_id = message_id;
    out.message.content_type = std::string{messaging::kJson};
    if (wants_reply) out.message.reply_to = reply_name_;
    out.message.body = body;
    const auto answers = publisher_->publish_all({out});
    return answers.at(0) == messaging::Publish::confirmed;
  }

  // The next outcome; null when none comes.
  json::value next_outcome() {
    std::vector<messaging::Delivery> deliveries = replies_->take(1, seconds{10});
    if (deliveries.empty()) return nullptr;
    return json::parse(deliveries[0].message.body);
  }

  // Publishes and waits.
  json::value ask(const std::string& queue, const std::string& type, const json::value& body) {
    REQUIRE(publish(queue, type, json::serialize(body)));
    return next_outcome();
  }

 private:
  messaging::QueueOptions reply_queue() {
    messaging::QueueOptions queue;
    queue.name = reply_name_;
    queue.command_queue = false;
    queue.exclusive = true;
    return queue;
  }

  std::string reply_name_ = unique("replies");
  std::unique_ptr<messaging::RabbitBroker> rabbit_;
  std::unique_ptr<messaging::Publisher> publisher_;
  std::unique_ptr<messaging::Consumer> replies_;
};

json::object order_command(const Customer& customer, const std::string& product) {
  return order_body(customer, {{product, 2}});
}

}  // namespace

TEST_CASE("a product is created by its full name and by its alias", "[e2e][commands]") {
  OtherSystem other;
  const std::string type = GENERATE("product.create", "waybill.product.v1.CreateProduct");
  const json::value outcome = other.ask(
      "product", type, {{"name", unique("tea")}, {"price", "2.50"}, {"stock_quantity", 4}});
  REQUIRE(outcome.is_object());
  CHECK(outcome.at("status") == "succeeded");
  const std::string id = text(outcome.at("result").as_object(), "id");
  CHECK(get("/v1/products/" + id).member("price") == "2.50");
}

TEST_CASE("an order placed over the queue is confirmed like one over HTTP", "[e2e][commands]") {
  OtherSystem other;
  const std::string tea = make_product("2.50", 10);
  const json::value outcome =
      other.ask("order", "order.place", order_command(make_customer(), tea));
  REQUIRE(outcome.is_object());
  CHECK(outcome.at("status") == "succeeded");
  CHECK(outcome.at("result").at("status") == "CONFIRMED");
  CHECK(outcome.at("result").at("total_price") == "5.00");
  CHECK(stock_of(tea) == 8);
}

TEST_CASE("a business refusal is an outcome", "[e2e][commands]") {
  OtherSystem other;
  const json::value outcome =
      other.ask("order", "order.place", order_command(make_customer(), make_product("1.00", 1)));
  REQUIRE(outcome.is_object());
  CHECK(outcome.at("status") == "failed");
  CHECK(outcome.at("problem").at("code") == "out-of-stock");
}

TEST_CASE("a message id takes effect once, whatever text it is", "[e2e][commands]") {
  OtherSystem other;
  const Customer customer = make_customer();
  const std::string tea = make_product("1.00", 10);
  const std::string body = json::serialize(order_command(customer, tea));
  const std::string message_id = "invoice 4711 / " + unique("line");
  REQUIRE(other.publish("order", "order.place", body, message_id));
  const json::value first = other.next_outcome();
  REQUIRE(other.publish("order", "order.place", body, message_id));
  const json::value second = other.next_outcome();
  REQUIRE(first.is_object());
  CHECK(first == second);
  CHECK(stock_of(tea) == 8);
}

TEST_CASE("a UUID as message id is the command's id", "[e2e][commands]") {
  OtherSystem other;
  const std::string id = new_id().to_string();
  REQUIRE(other.publish("order", "order.place",
                        json::serialize(order_command(make_customer(), make_product("1.00", 5))),
                        id));
  const json::value outcome = other.next_outcome();
  REQUIRE(outcome.is_object());
  CHECK(outcome.at("command_id") == json::value(id));
}

TEST_CASE("status changes and updates come over the queue too", "[e2e][commands]") {
  OtherSystem other;
  const std::string tea = make_product("1.00", 10);
  const std::string order = place(make_customer(), {{tea, 1}}).id();
  const json::value paid =
      other.ask("order", "order.update", {{"order_id", order}, {"status", "paid"}});
  REQUIRE(paid.is_object());
  CHECK(paid.at("result").at("status") == "PAID");
  const json::value updated =
      other.ask("product", "product.update", {{"product_id", tea}, {"price", "3.00"}});
  REQUIRE(updated.is_object());
  CHECK(get("/v1/products/" + tea).member("price") == "3.00");
}

TEST_CASE("without reply_to a command is done all the same", "[e2e][commands]") {
  OtherSystem other;
  const Customer customer = make_customer();
  const std::string body = json::serialize(order_command(customer, make_product("1.00", 5)));
  REQUIRE(other.publish("order", "order.place", body, unique("message"), false));
  const std::string path = "/v1/users/" + customer.id + "/orders?limit=100";
  CHECK(testing::eventually(seconds{15}, [&] { return all_items(path).size() == 1; }));
}

TEST_CASE("what nobody can read goes to the dead queue and is not retried", "[e2e][commands]") {
  OtherSystem other;
  const auto rabbit = messaging::make_rabbit({.url = testing::environment("WAYBILL_RABBIT_URL")});
  messaging::QueueOptions dead;
  dead.name = "order.dead";
  dead.command_queue = false;
  dead.prefetch = 1000;
  const auto consumer = rabbit->make_consumer(dead);
  const auto [type, body] = GENERATE(table<std::string, std::string>({
      {"order.place", "{broken"},
      {"order.teleport", "{}"},
      {"order.place", R"({"items": []})"},
      {"order.place", R"({"colour": "red"})"},
  }));
  const std::string message_id = unique("message");
  REQUIRE(other.publish("order", type, body, message_id, false));
  bool found = false;
  testing::eventually(seconds{15}, [&] {
    for (const auto& delivery : consumer->take(100, milliseconds{200})) {
      found = found || delivery.message.message_id == message_id;
    }
    return found;
  });
  CHECK(found);  // unacknowledged: the queue keeps it for who is on call
}
