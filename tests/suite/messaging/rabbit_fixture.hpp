// A command queue of its own for each test, and the few steps that most of them take.
#pragma once

#include <set>

#include "libs/messaging/retry_ladder.hpp"
#include "tests/suite/messaging/backends.hpp"

namespace waybill::messaging {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr milliseconds kLong{10'000};  // for what must happen
inline constexpr milliseconds kBriefly{300};  // for what must not

class Commands {
 public:
  explicit Commands(std::unique_ptr<RabbitBroker> rabbit) : broker{std::move(rabbit)} {
    queue.name = unique_name();
    queue.retries = {milliseconds{150}};
    broker->declare(queue);
    publisher = broker->make_publisher("test");
  }
  ~Commands() { broker->remove(queue); }

  OutgoingMessage command(std::string body) const {
    OutgoingMessage outgoing;
    outgoing.to = {std::string{kCommandExchange}, queue.name};
    outgoing.message.message_id = new_id().to_string();
    outgoing.message.body = std::move(body);
    return outgoing;
  }

  // Bodies "0", "1", …
  void publish_numbers(int count) const {
    std::vector<OutgoingMessage> messages;
    for (int i = 0; i < count; ++i) messages.push_back(command(std::to_string(i)));
    for (const auto outcome : publisher->publish_all(std::move(messages))) {
      REQUIRE(outcome == Publish::confirmed);
    }
  }

  std::unique_ptr<RabbitBroker> broker;
  QueueOptions queue;
  std::unique_ptr<Publisher> publisher;
};

// Takes until there are `count` or the time is over.
inline std::vector<Delivery> take(Consumer& consumer, std::size_t count,
                                  milliseconds most = kLong) {
  const auto until = std::chrono::steady_clock::now() + most;
  std::vector<Delivery> all;
  while (all.size() < count && std::chrono::steady_clock::now() < until) {
    for (auto& delivery : consumer.take(count - all.size(), milliseconds{100})) {
      all.push_back(std::move(delivery));
    }
  }
  return all;
}

inline std::vector<std::uint64_t> tags_of(const std::vector<Delivery>& deliveries) {
  std::vector<std::uint64_t> tags;
  for (const auto& delivery : deliveries) tags.push_back(delivery.tag);
  return tags;
}

inline std::set<std::string> bodies_of(const std::vector<Delivery>& deliveries) {
  std::set<std::string> bodies;
  for (const auto& delivery : deliveries) bodies.insert(delivery.message.body);
  return bodies;
}

}  // namespace waybill::messaging
