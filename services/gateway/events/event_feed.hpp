// New events of one topic, for whoever follows one of its keys. One thread reads all partitions
// from the end, from the first use on; what nobody follows is dropped there.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "libs/async/async.hpp"
#include "libs/messaging/broker.hpp"

namespace waybill::gateway {

// The state of an aggregate after a change, as an event tells it.
struct Change {
  std::int64_t version = 0;
  std::string json;    // the representation: the event's first message
  std::string status;  // the member that `status_member` names; empty without one
};

// nullopt for an event that carries no state (a deletion, a type this program does not know).
std::optional<Change> read_change(const messaging::Event& event, const std::string& status_member);

// What one follower has not seen yet. Io thread only.
class Subscription {
 public:
  explicit Subscription(boost::asio::io_context& io) : wake_{io} {}

  void push(std::shared_ptr<const Change> change);
  // The next change; nullptr when none came in time, or after an overflow.
  async::awaitable<std::shared_ptr<const Change>> next(std::chrono::milliseconds most);
  // The follower was too slow: something is missing, so the stream has to end.
  bool has_overflowed() const { return overflowed_; }

 private:
  std::deque<std::shared_ptr<const Change>> waiting_;
  boost::asio::steady_timer wake_;
  bool overflowed_ = false;
};

class EventFeed {
 public:
  EventFeed(boost::asio::io_context& io, messaging::KafkaBroker& broker, std::string topic,
            std::string status_member);
  ~EventFeed();
  void stop();

  // True once every event from now on is going to be seen; false when the broker is away.
  async::awaitable<bool> ready(std::chrono::milliseconds most);
  // Io thread only. Dropping the subscription ends it.
  std::shared_ptr<Subscription> follow(const std::string& key);

 private:
  struct Found {
    std::string key;
    std::shared_ptr<const Change> change;
  };

  void run(const std::stop_token& stop);
  std::vector<messaging::TopicPartition> find_end();
  void read(const std::stop_token& stop, std::vector<messaging::TopicPartition>& positions);
  void sort_out(const std::vector<messaging::Event>& events);
  void deliver(const std::vector<Found>& found);
  bool is_followed(const std::string& key);

  boost::asio::io_context& io_;
  messaging::KafkaBroker& broker_;
  const std::string topic_;
  const std::string status_member_;
  async::Event ready_;
  std::mutex mutex_;  // of the followers: changed on the io thread, looked at by the reader
  std::unordered_map<std::string, std::vector<std::weak_ptr<Subscription>>> followers_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace waybill::gateway
