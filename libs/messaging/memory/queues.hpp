// The queues of the broker in memory: routing, dead-lettering, delays. Thread-safe. Nothing runs by
// itself: whoever looks at the queues first moves what has become due.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "libs/messaging/broker.hpp"

namespace waybill::messaging::memory {

using Clock = std::chrono::steady_clock;

struct Entry {
  Message message;
  std::int64_t delivery_count = 0;
  bool redelivered = false;
  Clock::time_point due{};  // in a queue with a delay: when it moves on
};

class Queues {
 public:
  void declare(const QueueOptions& options);
  void declare_notices(const NoticeQueue& options);
  void remove(const std::string& name);
  std::optional<std::size_t> ready(const std::string& name);
  Publish publish(OutgoingMessage outgoing);

  // Waits until the queue has something and room() is not 0, then takes at most that many and
  // returns hand_out(what was taken), in the end hand_out(nothing). Both are called under the lock.
  template <class Room, class HandOut>
  auto take(const std::string& name, const Room& room, const HandOut& hand_out,
            Clock::time_point until) {
    std::unique_lock lock{mutex_};
    for (;;) {
      const auto next_due = move_due(Clock::now());
      auto* queue = find(name);
      const std::size_t most = room();
      if (queue != nullptr && most > 0 && !queue->entries.empty()) {
        return hand_out(take_from(*queue, most));
      }
      if (Clock::now() >= until) return hand_out({});
      changed_.wait_until(lock, std::min(until, next_due));
    }
  }
  // To the front, in their order; an entry that came too often goes to the dead queue.
  void give_back(const std::string& name, std::vector<Entry> entries);
  // Changes something that room() looks at, under the lock.
  template <class Change>
  void touch(const Change& change) {
    {
      std::lock_guard lock{mutex_};
      change();
    }
    changed_.notify_all();
  }

 private:
  struct Queue {
    std::deque<Entry> entries;
    std::optional<std::chrono::milliseconds> delay;
    std::string moves_to;  // after the delay, or after too many deliveries
    std::optional<std::int64_t> delivery_limit;
    bool bound = false;
    std::string notice_key;  // of waybill.notices; empty: not bound to it
    std::optional<std::size_t> most;
  };

  Queue* find(const std::string& name);
  Queue* route(const Destination& to);
  Clock::time_point move_due(Clock::time_point now);
  static std::vector<Entry> take_from(Queue& queue, std::size_t most);
  static void append(Queue& queue, Entry entry);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Queue, std::less<>> queues_;
};

}  // namespace waybill::messaging::memory
