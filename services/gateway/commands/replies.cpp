#include "services/gateway/commands/replies.hpp"

#include <boost/asio/post.hpp>

#include "libs/log/log.hpp"

namespace waybill::gateway {
namespace {

constexpr std::size_t kMessagesAtOnce = 100;
constexpr std::chrono::milliseconds kWait{100};

messaging::QueueOptions reply_queue(const std::string& name) {
  messaging::QueueOptions options;
  options.name = name;
  options.command_queue = false;
  options.exclusive = true;
  options.prefetch = 1000;
  return options;
}

}  // namespace

Replies::Replies(boost::asio::io_context& io, messaging::RabbitBroker& broker, Pending& pending)
    : io_{io},
      pending_{pending},
      queue_{"gateway.replies." + new_id().to_string()},
      consumer_{broker.make_consumer(reply_queue(queue_))} {}

Replies::~Replies() {
  stop();
}

void Replies::start() {
  thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void Replies::stop() {
  thread_ = {};
}

void Replies::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto deliveries = consumer_->take(kMessagesAtOnce, kWait);
    for (const messaging::Delivery& delivery : deliveries) {
      common::v1::Outcomes outcomes;
      if (!outcomes.ParseFromString(delivery.message.body)) {
        log::error("gateway.broken-outcome", {{"type", delivery.message.type}});
        continue;
      }
      boost::asio::post(io_, [this, outcomes = std::move(outcomes)]() mutable {
        for (auto& outcome : *outcomes.mutable_outcomes()) pending_.resolve(std::move(outcome));
      });
    }
  }
}

}  // namespace waybill::gateway
