// A circuit breaker: a service that does not answer is left alone for a while, so that its callers
// are told at once and it can come back in peace. Plain values in and out; no thread, no clock.
#pragma once

#include <chrono>

namespace waybill::gateway {

class Breaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class State { closed, open, half_open };  // half open: one request tries it

  struct Options {
    int failures = 5;  // in a row, until it opens
    std::chrono::milliseconds first_rest{500};
    std::chrono::milliseconds longest_rest{10'000};  // it doubles with each trial that fails
  };

  Breaker() = default;
  explicit Breaker(Options options) : options_{options}, rest_{options.first_rest} {}

  // May the service be asked now? A yes has to be followed by succeeded(), failed() or dropped().
  bool may_ask(Time now);
  void succeeded();
  void failed(Time now);
  // Neither: the service has not been asked after all.
  void dropped();

  State state() const { return state_; }

 private:
  void open(Time now);

  Options options_;
  State state_ = State::closed;
  int failures_ = 0;
  bool trying_ = false;
  std::chrono::milliseconds rest_ = options_.first_rest;
  Time resting_until_{};
};

}  // namespace waybill::gateway
