// Takes the messages of one queue and handles those of each chat in their order, chats beside each
// other. A message is acknowledged when its handler is done with it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "libs/async/async.hpp"
#include "libs/messaging/broker.hpp"

namespace waybill::bot {

using boost::asio::awaitable;

// What a handler says of a message.
struct Handled {
  enum class Kind { done, again, hopeless };
  Kind kind = Kind::done;
  std::chrono::milliseconds wait{0};  // again: not before; 0: after a pause that grows each time
};
inline constexpr Handled kDone{Handled::Kind::done, {}};
inline constexpr Handled kAgain{Handled::Kind::again, {}};
inline constexpr Handled kHopeless{Handled::Kind::hopeless, {}};  // bury it

class Lane : public std::enable_shared_from_this<Lane> {
 public:
  struct Work {
    // Chat of a message.
    std::function<std::int64_t(const messaging::Message&)> chat_of;
    // Goes before others of its chat that wait.
    std::function<bool(const messaging::Message&)> is_urgent;
    // One that throws is our own bug: after some tries its message is buried.
    std::function<awaitable<Handled>(const messaging::Message&)> handle;
    // Puts it where somebody finds it; false: try again.
    std::function<awaitable<bool>(const messaging::Message&)> bury;
  };

  // `queue` and `work` must outlive the lane.
  Lane(boost::asio::io_context& io, std::unique_ptr<messaging::Consumer> consumer,
       const Work& work);
  void start();
  // Ends in two steps, not on the io thread. First it takes no more, and what waits (for its turn
  // or for its next try) goes no further; then handlers that are at work come to their end, at most
  // until then, and what was not acknowledged is in the queue again.
  void stop_taking();
  void finish(std::chrono::steady_clock::time_point until);
  // Messages that were taken and not yet acknowledged. On the io thread.
  std::size_t waiting() const { return waiting_; }
  bool is_connected() const { return consumer_->is_connected(); }

 private:
  void take(const std::stop_token& stop);
  void sort(std::vector<messaging::Delivery> batch);
  static awaitable<Handled> try_once(std::shared_ptr<Lane> self, messaging::Message message,
                                     int& failures);
  static awaitable<void> run_chat(std::shared_ptr<Lane> self, std::int64_t chat);

  boost::asio::io_context& io_;
  const Work& work_;
  std::unique_ptr<messaging::Consumer> consumer_;
  std::unordered_map<std::int64_t, std::deque<messaging::Delivery>> chats_;  // io thread only
  std::size_t running_ = 0;
  std::atomic<std::size_t> waiting_{0};
  async::Event stopping_;  // io thread only
  std::atomic<bool> idle_{true};
  bool closed_ = false;  // io thread only: there is no consumer any more
  std::jthread taker_;
};

}  // namespace waybill::bot
