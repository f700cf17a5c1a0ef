// Load that goes on while the platform is being broken: each client orders, cancels, pays, and
// changes a product of its own.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/chaos/shop.hpp"
#include "tests/e2e/support/book.hpp"

namespace waybill::chaos {

struct TrafficOptions {
  std::string gateway;  // host:port
  int clients = 16;
  std::uint64_t seed = 1;
  double per_second = 0;  // commands of each client, at most; 0: as fast as it goes
  bool repeats = true;    // false: what is no outcome at once is a surprise
  bool reads = false;     // each command is followed by a read; one that fails is a surprise
};

class Traffic {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Traffic(TrafficOptions options);
  ~Traffic();
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  // Ends when each client has the outcome of its last command.
  void stop();

  // Commands with an outcome so far.
  std::int64_t acknowledged() const { return acknowledged_; }
  std::int64_t reads() const { return reads_; }
  // When the first order at `since` or later was confirmed.
  std::optional<Clock::time_point> first_order_since(Clock::time_point since) const;
  const e2e::Book& book() const { return book_; }

 private:
  class Client;
  void confirmed();

  const TrafficOptions options_;
  e2e::Book book_;
  Shop shop_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::int64_t> acknowledged_{0};
  std::atomic<std::int64_t> reads_{0};
  mutable std::mutex mutex_;
  std::vector<Clock::time_point> orders_;  // when they were confirmed; guarded by mutex_
  std::vector<std::thread> clients_;
};

}  // namespace waybill::chaos
