// What producers, plain readers and the questions about topics promise.
#include "libs/messaging/partitioner.hpp"
#include "tests/suite/messaging/kafka_fixture.hpp"

namespace waybill::messaging {

TEMPLATE_TEST_CASE("a stored event is read with all that was said in it",
                   "[contract][kafka][topic]", InMemory, Real) {
  const Topic topic{TestType::kafka()};
  auto sent = topic.event("key", "value");
  sent.headers = {{"ce_id", "1"}, {"empty", ""}, {"bytes", std::string("\0\xff", 2)}};
  const auto before = to_unix_millis(now());
  REQUIRE(topic.producer->produce(std::vector{sent}) == std::vector{true});

  const auto reader = topic.broker->read(topic.everywhere(-1));
  const auto got = poll(*reader, 1);
  REQUIRE(got.size() == 1);
  CHECK(got[0].topic == topic.name);
  CHECK(got[0].key == "key");
  CHECK(got[0].value == "value");
  CHECK(got[0].headers == sent.headers);
  CHECK(got[0].partition == partition_of("key", 4));
  CHECK(got[0].offset == 0);
  CHECK(got[0].timestamp_ms >= before);
}

TEMPLATE_TEST_CASE("events of a key keep their order", "[contract][kafka][topic]", InMemory, Real) {
  const Topic topic{TestType::kafka()};
  topic.produce_numbers(1000);
  topic.produce_numbers(1000, 1000);

  const auto reader = topic.broker->read(topic.everywhere(-1));
  std::map<std::string, int> last;
  const auto got = poll(*reader, 2000);
  CHECK(got.size() == 2000);
  for (const auto& event : got) {
    const int number = std::stoi(event.value);
    if (last.contains(event.key)) CHECK(number == last[event.key] + 10);
    last[event.key] = number;
    CHECK(event.partition == partition_of(event.key, 4));
  }
  CHECK(reader->poll(1, kBriefly).empty());
}

TEMPLATE_TEST_CASE("a value may be empty or a megabyte", "[contract][kafka][topic]", InMemory,
                   Real) {
  const Topic topic{TestType::kafka(), 1};
  const std::string large(1'000'000, 'x');
  REQUIRE(topic.producer->produce(std::vector{topic.event("a", ""), topic.event("b", large)}) ==
          std::vector{true, true});

  const auto got = poll(*topic.broker->read(topic.everywhere(-1)), 2);
  REQUIRE(got.size() == 2);
  CHECK(got[0].value.empty());
  CHECK(got[1].value == large);
}

TEMPLATE_TEST_CASE("an event for a topic that is not there is not stored, its neighbours are",
                   "[contract][kafka][topic]", InMemory, Real) {
  const Topic topic{TestType::kafka()};
  auto lost = topic.event("b", "2");
  lost.topic = unique_name();

  const std::vector events{topic.event("a", "1"), lost, topic.event("c", "3")};
  CHECK(topic.producer->produce(events, milliseconds{1500}) == std::vector{true, false, true});
  CHECK(topic.producer->produce(std::vector{topic.event("d", "4")}) == std::vector{true});
}

TEMPLATE_TEST_CASE("purging with nothing in flight harms nothing", "[contract][kafka][topic]",
                   InMemory, Real) {
  const Topic topic{TestType::kafka()};
  topic.producer->purge();
  CHECK(topic.producer->produce(std::vector{topic.event("a", "1")}) == std::vector{true});
}

TEMPLATE_TEST_CASE("a topic's partitions say what they hold", "[contract][kafka][topic]", InMemory,
                   Real) {
  const Topic topic{TestType::kafka(), 3};
  topic.broker->create_topic(topic.name, 3, {});
  topic.produce_numbers(30);

  const auto infos = topic.broker->partitions(topic.name);
  REQUIRE(infos.size() == 3);
  std::int64_t total = 0;
  for (const auto& info : infos) {
    CHECK(info.first == 0);
    total += info.end;
  }
  CHECK(total == 30);
  CHECK_THROWS_AS(topic.broker->partitions(unique_name()), std::runtime_error);
}

TEMPLATE_TEST_CASE("a time finds the first event at or after it", "[contract][kafka][topic]",
                   InMemory, Real) {
  const Topic topic{TestType::kafka(), 1};
  topic.produce_numbers(3);
  const auto last = poll(*topic.broker->read(topic.everywhere(-1)), 3).back().timestamp_ms;
  REQUIRE(testing::eventually(kLong, [&] { return to_unix_millis(now()) > last; }));
  const auto between = now();
  topic.produce_numbers(2, 3);

  const auto offset_at = [&](Instant at) {
    const auto positions = topic.broker->offsets_at(topic.name, at);
    REQUIRE(positions.size() == 1);
    return positions[0].offset;
  };
  CHECK(offset_at(from_unix_micros(0)) == 0);
  CHECK(offset_at(between) == 3);
  CHECK(offset_at(now() + std::chrono::hours{1}) == 5);
}

TEMPLATE_TEST_CASE("a reader starts where it is told and can be sent elsewhere",
                   "[contract][kafka][topic]", InMemory, Real) {
  const Topic topic{TestType::kafka(), 1};
  topic.produce_numbers(10);

  const auto reader = topic.broker->read({{topic.name, 0, 7}});
  CHECK(poll(*reader, 1).front().value == "7");
  reader->seek({topic.name, 0, 2});
  CHECK(poll(*reader, 1).front().value == "2");
  reader->seek({topic.name, 0, -1});
  CHECK(poll(*reader, 10).size() == 10);
  CHECK_THROWS_AS(reader->seek({topic.name, 5, 0}), std::runtime_error);
}

TEMPLATE_TEST_CASE("a reader that starts at the end sees only what comes",
                   "[contract][kafka][topic]", InMemory, Real) {
  const Topic topic{TestType::kafka(), 1};
  topic.produce_numbers(10);
  const auto tail = topic.broker->read({{topic.name, 0, -2}});
  CHECK(tail->poll(1, kBriefly).empty());

  topic.produce_numbers(1, 10);
  const auto got = poll(*tail, 1);
  REQUIRE(got.size() == 1);
  CHECK(got[0].value == "10");
}

TEMPLATE_TEST_CASE("a broker that answers counts as connected", "[contract][kafka][topic]",
                   InMemory, Real) {
  const auto broker = TestType::kafka();
  CHECK(testing::eventually(kLong, [&] { return broker->is_connected(); }));
}

}  // namespace waybill::messaging
