// Kafka when it is away, and a batch that is given up.
#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "libs/messaging/broker.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/testing/testing.hpp"

namespace waybill::messaging {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Nothing listens on the discard port of a test machine.
std::unique_ptr<KafkaBroker> nobody() {
  KafkaOptions options;
  options.brokers = "127.0.0.1:9";
  return make_kafka(options);
}

std::vector<Event> some_events() {
  std::vector<Event> events(3);
  for (auto& event : events) event.topic = "test.nowhere";
  return events;
}

}  // namespace

TEST_CASE("without Kafka nothing counts as stored, within the limit", "[kafka]") {
  const auto producer = nobody()->make_producer("test");
  const auto start = std::chrono::steady_clock::now();

  CHECK(producer->produce(some_events(), milliseconds{500}) == std::vector{false, false, false});
  CHECK(std::chrono::steady_clock::now() - start < seconds{4});
}

TEST_CASE("a purge ends the batch that is under way", "[kafka]") {
  const auto producer = nobody()->make_producer("test");
  const auto start = std::chrono::steady_clock::now();
  std::atomic<bool> ended{false};
  std::jthread batch{[&] {
    producer->produce(some_events(), seconds{30});
    ended = true;
  }};

  CHECK(testing::eventually(seconds{10}, [&] {
    producer->purge();
    return ended.load();
  }));
  CHECK(std::chrono::steady_clock::now() - start < seconds{10});
}

TEST_CASE("without Kafka questions throw and nothing hangs", "[kafka]") {
  const auto broker = nobody();
  CHECK_THROWS_AS(broker->partitions("test.nowhere"), std::runtime_error);
  CHECK_FALSE(broker->is_connected());

  GroupOptions options;
  options.group = "test." + new_id().to_string();
  options.topics = {"test.nowhere"};
  const auto member = broker->join_group(options);
  CHECK(member->poll(1, milliseconds{200}).empty());
}

TEST_CASE("a topic that is made after its reader joined is read", "[kafka]") {
  KafkaOptions kafka;
  kafka.brokers = testing::environment("WAYBILL_KAFKA_BROKERS");
  const auto broker = make_kafka(kafka);
  const auto topic = "test." + new_id().to_string();
  GroupOptions options;
  options.group = topic;
  options.topics = {topic};
  const auto member = broker->join_group(options);
  CHECK(member->poll(1, milliseconds{200}).empty());

  broker->create_topic(topic, 2, {{"retention.ms", "60000"}});
  Event event;
  event.topic = topic;
  event.value = "late";
  REQUIRE(broker->make_producer("test")->produce(std::vector{event}) == std::vector{true});
  CHECK(testing::eventually(seconds{30},
                            [&] { return !member->poll(1, milliseconds{200}).empty(); }));
  broker->delete_topic(topic);
}

TEST_CASE("a member shows how far it is behind", "[kafka]") {
  KafkaOptions kafka;
  kafka.brokers = testing::environment("WAYBILL_KAFKA_BROKERS");
  const auto broker = make_kafka(kafka);
  const auto topic = "test." + new_id().to_string();
  broker->create_topic(topic, 1, {});
  std::vector<Event> events(10);
  for (auto& event : events) event.topic = topic;
  broker->make_producer("test")->produce(events);

  GroupOptions options;
  options.group = topic;
  options.topics = {topic};
  auto member = broker->join_group(options);
  const auto& lag = metrics::gauge("kafka_consumer_lag", "",
                                   {{"topic", topic}, {"partition", "0"}, {"group", topic}});
  std::size_t taken = 0;
  CHECK(testing::eventually(seconds{20}, [&] {
    taken += member->poll(taken < 4 ? 1 : 0, milliseconds{100}).size();
    return lag.value() == 6;
  }));
  CHECK(taken == 4);
  member.reset();
  CHECK(lag.value() == 0);
  broker->delete_topic(topic);
}

}  // namespace waybill::messaging
