#include "libs/messaging/amqp_limits.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "libs/messaging/retry_ladder.hpp"

namespace waybill::messaging {
namespace {

constexpr std::size_t kShortString = 255;

bool is_short(const std::string& text) {
  return text.size() <= kShortString;
}

}  // namespace

bool fits_amqp(const OutgoingMessage& outgoing) {
  const auto& message = outgoing.message;
  return is_short(outgoing.to.exchange) && is_short(outgoing.to.routing_key) &&
         is_short(message.type) && is_short(message.message_id) &&
         is_short(message.correlation_id) && is_short(message.reply_to) &&
         is_short(message.content_type) &&
         std::ranges::all_of(message.headers,
                             [](const auto& header) { return is_short(header.first); });
}

std::vector<std::string> queues_of(const QueueOptions& options) {
  std::vector<std::string> names{options.name};
  if (options.exclusive || !options.command_queue) return names;
  names.push_back(dead_queue(options.name));
  for (std::size_t step = 1; step <= options.retries.size(); ++step) {
    names.push_back(retry_queue(options.name, step));
  }
  return names;
}

void check_queue(const QueueOptions& options) {
  const auto names = queues_of(options);
  if (options.name.empty() || options.name.starts_with("amq.") ||
      !std::ranges::all_of(names, is_short)) {
    throw std::invalid_argument{fmt::format("no queue can be called \"{}\"", options.name)};
  }
}

}  // namespace waybill::messaging
