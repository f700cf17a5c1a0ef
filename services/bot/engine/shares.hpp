// Which parts of the queues this process works on: about as many as any other, by leases that are
// renewed; and what else has to be done now and then by somebody. RabbitMQ sees to it that nobody
// else gets messages of a part (single active consumer); the leases only spread the parts.
#pragma once

#include <array>
#include <future>
#include <memory>
#include <thread>

#include "libs/log/log.hpp"
#include "services/bot/engine/handler.hpp"
#include "services/bot/engine/lane.hpp"
#include "services/bot/engine/sender.hpp"

namespace waybill::bot {

class Shares {
 public:
  Shares(boost::asio::io_context& io, messaging::RabbitBroker& rabbit, Memory& memory,
         Exchange& exchange, Handler& handler, Sender& sender);
  void start();
  // Gives all parts back; what is at work comes to its end, at most after `patience`. Blocking.
  // True: no other process lives.
  bool stop(std::chrono::milliseconds patience);
  std::size_t parts() const { return held_; }

 private:
  struct Part {
    std::shared_ptr<Lane> intake, sending;
  };

  void run(const std::stop_token& stop);
  void declare_queues();
  // Says that this process lives, whatever else takes its time: what it is sending is not taken for
  // abandoned.
  awaitable<void> beat();
  void keep();
  bool take(std::size_t part);
  void give_back(const std::vector<std::size_t>& parts, std::chrono::milliseconds patience);
  awaitable<void> remind();
  awaitable<bool> bury_message(messaging::Message message);

  // Of a coroutine on the io thread; not to be called there.
  template <class T>
  T wait_for(awaitable<T> work);

  boost::asio::io_context& io_;
  messaging::RabbitBroker& rabbit_;
  Memory& memory_;
  Exchange& exchange_;
  Lane::Work intake_work_, sending_work_;
  std::array<Part, kParts> parts_;  // the keeper's thread only, but for the gauge
  std::atomic<std::size_t> held_{0};
  std::atomic<std::int64_t> alive_{0};  // processes; 0: Redis is away
  async::Event stopping_;
  std::future<void> beating_;
  bool declared_ = false;  // the keeper's thread only
  std::jthread keeper_;
};

}  // namespace waybill::bot
