// `waybill events replay` against Kafka, counted by another program.
#include <filesystem>

#include <catch2/catch.hpp>

#include "libs/messaging/broker.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"
#include "waybill/order/v1/events.pb.h"

using namespace waybill;
using namespace waybill::e2e;

namespace {

constexpr int paid_orders = 2'000;

template <class Type>
messaging::Event told(const std::string& topic, int number, const std::string& status) {
  Type message;
  message.mutable_order()->set_id(new_id().to_string());
  message.mutable_order()->set_status(status);
  messaging::Event event;
  event.topic = topic;
  event.key = std::to_string(number);
  event.value = message.SerializeAsString();
  event.headers = {{"ce_type", message.GetDescriptor()->full_name()}};
  return event;
}

// Two topics that go with the test, and what the tool remembers.
class Topics {
 public:
  Topics() {
    std::filesystem::create_directory(state_);
    kafka_->create_topic(source, 4, {});
    kafka_->create_topic(target, 3, {});
    std::vector<messaging::Event> events;
    for (int i = 0; i < paid_orders; ++i) {
      events.push_back(told<order::v1::OrderPlaced>(source, i, "PENDING"));
      events.push_back(told<order::v1::OrderConfirmed>(source, i, "CONFIRMED"));
      events.push_back(told<order::v1::OrderPaid>(source, i, "PAID"));
    }
    kafka_->make_producer("test")->produce(events);
  }
  ~Topics() {
    kafka_->delete_topic(source);
    kafka_->delete_topic(target);
    std::filesystem::remove_all(state_);
  }

  // Exit code of a replay of all paid orders, under `timeout`.
  int replay(const std::string& timeout, const std::string& arguments) const {
    const std::string command = fmt::format(
        "XDG_STATE_HOME={} timeout {} {} events replay {} --type OrderPaid --to-topic {} --why "
        "test --quiet {} >/dev/null 2>&1",
        state_.string(), timeout, WAYBILL_TOOL, source, target, arguments);
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  const std::string source = unique("test.replay.source");
  const std::string target = unique("test.replay.target");

 private:
  std::filesystem::path state_ = std::filesystem::temp_directory_path() / unique("waybill-state");
  std::unique_ptr<messaging::KafkaBroker> kafka_ =
      messaging::make_kafka({.brokers = testing::environment("WAYBILL_KAFKA_BROKERS")});
};

// Lines of `kcat` (the headers of every event of a topic) that a pipe leaves over.
std::int64_t count(const std::string& topic, const std::string& pipe) {
  return std::stoll(
      e2e::run(fmt::format("kcat -C -q -e -b {} -t {} -f '%h\\n' | {}",
                           testing::environment("WAYBILL_KAFKA_BROKERS"), topic, pipe)));
}

}  // namespace

TEST_CASE("a replay that is killed and run again brings each event once, as kcat counts them",
          "[e2e][tool][replay]") {
  const Topics topics;
  for (const char* seconds : {"2", "1.5"}) {
    CHECK(topics.replay(std::string{"-s KILL "} + seconds, "--rate 500") == 137);
  }
  const std::int64_t half = count(topics.target, "wc -l");
  CHECK(half > 0);
  CHECK(half < paid_orders);
  REQUIRE(topics.replay("60", "") == 0);

  const std::int64_t selected =
      count(topics.source, "grep -c 'ce_type=waybill.order.v1.OrderPaid'");
  CHECK(selected == paid_orders);
  CHECK(count(topics.target, "wc -l") == selected);
  CHECK(count(topics.target, "grep -o 'waybill_replay_source=[^,]*' | sort -u | wc -l") ==
        selected);
  const std::string counted = e2e::run(fmt::format(
      "{} events count {} --where \"order.status == 'PAID'\" --json", WAYBILL_TOOL, topics.target));
  CHECK(boost::json::parse(counted).at("count") == selected);
}
