// Where a command goes after a failure. Pure: the command processor republishes the message there
// itself, with a confirm, and acknowledges the original afterwards, because dead-lettering by the
// broker may lose it.
#pragma once

#include <charconv>
#include <chrono>
#include <span>
#include <string>

#include "libs/messaging/message.hpp"

namespace waybill::messaging {

inline constexpr std::string_view kAttemptHeader = "attempt";
inline constexpr std::string_view kRedrivenHeader = "redriven";
// Asks a service what it would do with a command: handled in a transaction that is rolled back.
inline constexpr std::string_view kDryRunHeader = "dry-run";

// <queue>.retry.<step>; steps count from 1.
inline std::string retry_queue(std::string_view queue, std::size_t step) {
  return std::string{queue} + ".retry." + std::to_string(step);
}

inline std::string dead_queue(std::string_view queue) {
  return std::string{queue} + ".dead";
}

// A number that a header gives; 0 where there is none.
inline std::size_t count_in(const Message& message, std::string_view name) {
  const auto header = message.headers.find(name);
  std::size_t count = 0;
  if (header != message.headers.end()) {
    const auto& text = header->second;
    std::from_chars(text.data(), text.data() + text.size(), count);
  }
  return count;
}

// How often handling this message has failed before, on the ladder that it is on.
inline std::size_t attempts_of(const Message& message) {
  return count_in(message, kAttemptHeader);
}

// How often it was taken out of the dead queue and sent again.
inline std::size_t dead_visits_of(const Message& message) {
  return count_in(message, kRedrivenHeader);
}

// The next destination of a message that has failed `attempts` times before the present failure: a
// step of the ladder, or the dead queue when all steps are used. Both are reached through the
// default exchange.
inline Destination after_failure(std::string_view queue, std::size_t attempts,
                                 std::span<const std::chrono::milliseconds> retries) {
  if (attempts < retries.size()) return {"", retry_queue(queue, attempts + 1)};
  return {"", dead_queue(queue)};
}

// The message as it is republished: it has failed once more.
inline Message count_failure(Message message) {
  message.headers.insert_or_assign(std::string{kAttemptHeader},
                                   std::to_string(attempts_of(message) + 1));
  return message;
}

}  // namespace waybill::messaging
