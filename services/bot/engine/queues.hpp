// The bot's queues: updates and answers, and messages to be sent, each in parts. All of a chat is
// in one part, and one process at a time has a part, so that a chat stays in order over any number
// of processes.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include "libs/core/context.hpp"
#include "libs/messaging/broker.hpp"

namespace waybill::bot {

using boost::asio::awaitable;

// The same in all processes, or a chat would lose its order. Never change it under load.
inline constexpr std::size_t kParts = 4;

inline constexpr const char* kUpdateType = "bot.update";  // body: the update, as Telegram has it
inline constexpr const char* kLateType = "bot.late";      // message_id: of the question
inline constexpr const char* kSendType = "bot.send";      // body: see outgoing.hpp
inline constexpr const char* kDeadQueue = "bot.dead";

std::size_t part_of(std::int64_t chat);
std::string intake_queue(std::size_t part);   // bot.<part>
std::string sending_queue(std::size_t part);  // bot.send.<part>
messaging::QueueOptions queue_options(const std::string& name);

// Publishes and waits for the broker's word, on the io thread. Counts
// bot_messages_published_total{action}; `action` is a literal.
class Exchange {
 public:
  Exchange(boost::asio::io_context& io, messaging::RabbitBroker& rabbit);

  // True: the broker has it.
  awaitable<bool> publish(messaging::OutgoingMessage message, const char* action);
  bool is_connected() const { return publisher_->is_connected(); }
  // What is under way has a second. Blocking.
  void close() { publisher_.reset(); }

 private:
  boost::asio::io_context& io_;
  std::unique_ptr<messaging::Publisher> publisher_;
};

// An update as it lies in the queue.
messaging::OutgoingMessage update_message(const boost::json::value& update,
                                          const TraceContext& trace);
// To a queue of the bot's own.
messaging::OutgoingMessage own_message(std::string queue, const char* type, std::string id,
                                       const TraceContext& trace, std::string body);

}  // namespace waybill::bot
