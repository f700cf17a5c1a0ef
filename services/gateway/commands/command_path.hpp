// Writes: maps a validated request to its command, publishes it, and answers with the outcome, or
// with 202 and an operation when the outcome is late or not waited for.
#pragma once

#include <chrono>
#include <memory>

#include "libs/messaging/broker.hpp"
#include "services/gateway/commands/pending.hpp"
#include "services/gateway/edge/call.hpp"

namespace waybill::gateway {

class CommandPath {
 public:
  // `reply_queue` is where the outcomes come. Everything must outlive the io thread's work.
  CommandPath(boost::asio::io_context& io, messaging::Publisher& publisher, Pending& pending,
              std::string reply_queue, std::chrono::milliseconds wait);

  web::awaitable<web::Response> answer(Call call, const boost::json::value* body);

 private:
  struct Command;

  Result<Command> prepare(const Call& call, const boost::json::value* body) const;
  void publish(const Call& call, const Command& command, std::shared_ptr<Flight> flight);
  web::awaitable<web::Response> await_outcome(const Call& call, const Command& command,
                                              std::shared_ptr<Flight> flight);

  boost::asio::io_context& io_;
  messaging::Publisher& publisher_;
  Pending& pending_;
  const std::string reply_queue_;
  const std::chrono::milliseconds wait_;
};

}  // namespace waybill::gateway
