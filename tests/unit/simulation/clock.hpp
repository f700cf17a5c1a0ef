// Time that passes as fast as the events in it can be worked off.
#pragma once

#include <functional>
#include <map>

#include "libs/core/clock.hpp"

namespace waybill::simulation {

class Clock {
 public:
  milliseconds now() const { return now_; }
  Instant instant() const { return Instant{} + now_; }

  // In the order of time; what is due at the same time in the order of the calls.
  void after(milliseconds delay, std::function<void()> what) {
    due_.emplace(now_ + delay, std::move(what));
  }

  // Until nothing is left to come, or `end`.
  void run(milliseconds end) {
    while (!due_.empty() && due_.begin()->first <= end) {
      auto next = due_.extract(due_.begin());
      now_ = next.key();
      next.mapped()();
    }
  }

 private:
  milliseconds now_{0};
  std::multimap<milliseconds, std::function<void()>> due_;
};

}  // namespace waybill::simulation
