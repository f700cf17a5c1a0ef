// The runbooks of docs/operations.md, executed: something breaks, Prometheus sees the condition of
// its alert, the runbook's step mends it, and the alert is over.
#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "libs/messaging/broker.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
using testing::eventually;

namespace {

// Pending or firing: how long a condition must hold before it fires is the rule tests' concern.
bool is_on(const std::string& alert) {
  static Line prometheus{testing::environment("WAYBILL_PROMETHEUS").substr(7), seconds{5}};
  Call call;
  call.path = "/api/v1/query?query=ALERTS%7Balertname%3D%22" + alert + "%22%7D";
  call.anonymous = true;
  const Reply reply = prometheus.call(call);
  if (reply.status != 200) throw std::runtime_error{"Prometheus does not answer: " + reply.text};
  return !reply.body().at("data").at("result").as_array().empty();
}

void check_comes(const std::string& alert) {
  INFO(alert);
  CHECK(eventually(seconds{60}, [&] { return is_on(alert); }));
}

void check_goes(const std::string& alert) {
  INFO(alert);
  CHECK(eventually(seconds{90}, [&] { return !is_on(alert); }));
}

void publish_what_nobody_can_do(const std::string& queue, const std::string& id) {
  const auto rabbit = messaging::make_rabbit({.url = testing::environment("WAYBILL_RABBIT_URL")});
  const auto publisher = rabbit->make_publisher("test");
  messaging::OutgoingMessage out;
  out.to = {std::string{messaging::kCommandExchange}, queue};
  out.message.type = "waybill.nobody.v1.Knows";
  out.message.message_id = id;
  REQUIRE(eventually(seconds{20}, [&] {
    return publisher->publish_all({out}).at(0) == messaging::Publish::confirmed;
  }));
}

}  // namespace

TEST_CASE("runbook: a server that is away is started again", "[e2e][failures][alerts]") {
  struct Case {
    const char* alert;
    const char* server;
  };
  const auto broken = GENERATE(Case{"BrokerAway", "rabbitmq"}, Case{"BrokerAway", "kafka"},
                               Case{"CacheAway", "redis"});
  INFO(broken.server);
  REQUIRE(eventually(seconds{90}, [&] { return !is_on(broken.alert); }));
  {
    const Stopped stopped{broken.server};
    check_comes(broken.alert);
  }
  check_goes(broken.alert);
}

TEST_CASE("runbook: a service that is down is started, and does what has waited",
          "[e2e][failures][alerts]") {
  REQUIRE(eventually(seconds{90}, [] { return !is_on("ProcessDown") && !is_on("QueueUnread"); }));
  {
    const Stopped stopped{"product-0"};
    Call write = json_call("POST", "/v1/products",
                           {{"name", "Waits"}, {"price", "1.00"}, {"stock_quantity", 1}});
    CHECK(call(with_header(write, "Prefer", "respond-async")).status == 202);
    check_comes("ProcessDown");
    check_comes("QueueUnread");
  }
  check_goes("ProcessDown");
  check_goes("QueueUnread");
}

TEST_CASE("runbook: a dead letter that nobody can do is discarded", "[e2e][failures][alerts]") {
  const std::string id = new_id().to_string();
  publish_what_nobody_can_do("product", id);
  check_comes("DeadLetters");
  run(fmt::format("{} dead discard --service product --all --reason 'of a test'", WAYBILL_TOOL));
  // Those of other services are other tests' leavings.
  Call call;
  call.path = "/api/v1/query?query=ALERTS%7Bqueue%3D%22product.dead%22%7D";
  call.anonymous = true;
  Line prometheus{testing::environment("WAYBILL_PROMETHEUS").substr(7), seconds{5}};
  CHECK(eventually(seconds{60}, [&] {
    return prometheus.call(call).body().at("data").at("result").as_array().empty();
  }));
}
