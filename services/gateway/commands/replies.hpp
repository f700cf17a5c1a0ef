// Takes the outcomes from this process's reply queue, on a thread of its own, and hands each
// message to the io thread in one go.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>

#include "libs/messaging/broker.hpp"
#include "services/gateway/commands/pending.hpp"

namespace waybill::gateway {

class Replies {
 public:
  // `pending` must outlive the io thread's work.
  Replies(boost::asio::io_context& io, messaging::RabbitBroker& broker, Pending& pending);
  ~Replies();
  void start();
  void stop();

  const std::string& queue() const { return queue_; }
  bool is_connected() const { return consumer_->is_connected(); }

 private:
  void run(const std::stop_token& stop);

  boost::asio::io_context& io_;
  Pending& pending_;
  const std::string queue_;
  std::unique_ptr<messaging::Consumer> consumer_;
  std::jthread thread_;
};

}  // namespace waybill::gateway
