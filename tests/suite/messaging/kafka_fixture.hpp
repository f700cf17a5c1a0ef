// A topic of its own for each test.
#pragma once

#include "tests/suite/messaging/backends.hpp"

namespace waybill::messaging {

using std::chrono::milliseconds;

inline constexpr milliseconds kLong{20'000};  // for what must happen
inline constexpr milliseconds kBriefly{300};  // for what must not

class Topic {
 public:
  explicit Topic(std::unique_ptr<KafkaBroker> kafka, int partitions = 4)
      : broker{std::move(kafka)} {
    broker->create_topic(name, partitions, {});
    producer = broker->make_producer("test");
  }
  ~Topic() { broker->delete_topic(name); }

  Event event(std::string key, std::string value) const {
    Event event;
    event.topic = name;
    event.key = std::move(key);
    event.value = std::move(value);
    return event;
  }

  // Values "0", "1", … under keys "k0" … "k9".
  void produce_numbers(int count, int first = 0) const {
    std::vector<Event> events;
    for (int i = first; i < first + count; ++i) {
      events.push_back(event("k" + std::to_string(i % 10), std::to_string(i)));
    }
    const auto stored = producer->produce(events);
    REQUIRE(std::ranges::all_of(stored, [](bool yes) { return yes; }));
  }

  std::vector<TopicPartition> everywhere(std::int64_t offset) const {
    std::vector<TopicPartition> positions;
    for (const auto& info : broker->partitions(name)) {
      positions.push_back({name, info.partition, offset});
    }
    return positions;
  }

  std::string name = unique_name();
  std::unique_ptr<KafkaBroker> broker;
  std::unique_ptr<EventProducer> producer;
};

// Polls until there are `count` or the time is over.
inline std::vector<Event> poll(EventConsumer& consumer, std::size_t count,
                               milliseconds most = kLong) {
  const auto until = std::chrono::steady_clock::now() + most;
  std::vector<Event> all;
  while (all.size() < count && std::chrono::steady_clock::now() < until) {
    for (auto& event : consumer.poll(count - all.size(), milliseconds{100})) {
      all.push_back(std::move(event));
    }
  }
  return all;
}

}  // namespace waybill::messaging
