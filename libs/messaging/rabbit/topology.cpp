#include "libs/messaging/rabbit/topology.hpp"

#include "libs/messaging/retry_ladder.hpp"

namespace waybill::messaging::rabbit {
namespace {

// A message that kills its worker comes back; after this many deliveries it goes to the dead queue
// by itself.
constexpr std::int64_t kDeliveryLimit = 20;

QueueDeclaration quorum_queue(std::string name) {
  return {.name = std::move(name), .arguments = {{"x-queue-type", "quorum"}}};
}

// Dead-lettering is at-most-once unless all of these are said. It is a net: the command processor
// republishes by itself.
QueueDeclaration dead_lettering(QueueDeclaration queue, std::string exchange, std::string key) {
  auto& arguments = queue.arguments;
  arguments.emplace_back("x-dead-letter-exchange", std::move(exchange));
  arguments.emplace_back("x-dead-letter-routing-key", std::move(key));
  arguments.emplace_back("x-dead-letter-strategy", "at-least-once");
  arguments.emplace_back("x-overflow", "reject-publish");
  return queue;
}

QueueDeclaration command_queue(const std::string& name) {
  auto queue = dead_lettering(quorum_queue(name), "", dead_queue(name));
  queue.arguments.emplace_back("x-delivery-limit", kDeliveryLimit);
  return queue;
}

QueueDeclaration retry_step(const std::string& name, std::size_t step,
                            std::chrono::milliseconds delay) {
  auto queue =
      dead_lettering(quorum_queue(retry_queue(name, step)), std::string{kCommandExchange}, name);
  queue.arguments.emplace_back("x-message-ttl", static_cast<std::int64_t>(delay.count()));
  return queue;
}

void declare_command_queue(Connection& connection, const QueueOptions& options) {
  const auto& name = options.name;
  connection.declare_exchange(kCommandExchange);
  connection.declare_queue(quorum_queue(dead_queue(name)));
  connection.declare_queue(command_queue(name));
  connection.bind_queue(name, kCommandExchange, name);
  for (std::size_t step = 1; step <= options.retries.size(); ++step) {
    connection.declare_queue(retry_step(name, step, options.retries[step - 1]));
  }
}

}  // namespace

void declare(Connection& connection, const QueueOptions& options) {
  if (options.exclusive) {
    // Not auto-deleted: a pause, which cancels the consumer, would delete it. It goes with its
    // connection anyway.
    connection.declare_queue({.name = options.name, .durable = false, .exclusive = true});
  } else if (options.command_queue) {
    declare_command_queue(connection, options);
  } else {
    auto queue = quorum_queue(options.name);
    if (options.single_active) {
      queue.arguments.emplace_back("x-single-active-consumer", true);
    }
    connection.declare_queue(queue);
  }
}

void declare_notices(Connection& connection, const NoticeQueue& options) {
  connection.declare_exchange(kNoticeExchange, "topic");
  auto queue = quorum_queue(options.name);
  queue.arguments.emplace_back("x-max-length", options.most);
  queue.arguments.emplace_back("x-overflow", "drop-head");
  connection.declare_queue(queue);
  connection.bind_queue(options.name, kNoticeExchange, options.key);
}

}  // namespace waybill::messaging::rabbit
