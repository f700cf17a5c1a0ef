// The dead letters of a service: what lies in <queue>.dead, taken without being removed. Whatever
// is not acknowledged goes back when the object ends, however it ends.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libs/core/clock.hpp"
#include "libs/core/id.hpp"
#include "libs/messaging/broker.hpp"

namespace waybill::tool::dead {

struct Letter {
  messaging::Message message;
  std::uint64_t tag = 0;
  Id command_id;  // as the service's inbox knows it
  std::string type;
  std::string cause;  // why it is dead
  std::size_t attempts = 0;
  std::optional<Instant> first_failed_at;
  std::optional<Instant> sent_at;
};

// Letters that somebody has just looked through are back within a moment: a queue that is found
// empty is worth a second of looking again, unless nobody expects a letter.
enum class EmptyQueue { look_again, believe };

inline constexpr std::size_t kMostLetters = 20'000;

// While one is looked through, others see the letters that are left.
class Letters {
 public:
  // At most `most` letters are looked at: the broker holds them all for us.
  Letters(messaging::RabbitBroker& rabbit, const std::string& service,
          std::size_t most = kMostLetters, EmptyQueue empty_queue = EmptyQueue::look_again);

  // How many lay there when the object was made.
  std::size_t waiting() const { return waiting_; }
  // The next one; nullopt when all were seen. Throws std::runtime_error when RabbitMQ stops
  // answering.
  std::optional<Letter> next();
  // Removes them from the queue. After the new home of each is certain.
  void remove(std::span<const std::uint64_t> tags);

 private:
  messaging::RabbitBroker& rabbit_;
  std::string queue_;
  std::size_t waiting_ = 0;
  std::size_t left_ = 0;
  std::unique_ptr<messaging::Consumer> consumer_;
  std::vector<messaging::Delivery> buffer_;
  std::size_t at_ = 0;
};

// Pure: what a message of a dead queue says.
Letter read_letter(messaging::Delivery delivery);

}  // namespace waybill::tool::dead
