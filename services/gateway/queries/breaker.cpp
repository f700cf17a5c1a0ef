#include "services/gateway/queries/breaker.hpp"

#include <algorithm>

namespace waybill::gateway {

bool Breaker::may_ask(Time now) {
  if (state_ == State::closed) return true;
  if (state_ == State::open && now >= resting_until_) state_ = State::half_open;
  if (state_ != State::half_open || trying_) return false;
  trying_ = true;
  return true;
}

void Breaker::succeeded() {
  state_ = State::closed;
  failures_ = 0;
  trying_ = false;
  rest_ = options_.first_rest;
}

void Breaker::failed(Time now) {
  if (state_ == State::half_open) {
    rest_ = std::min(2 * rest_, options_.longest_rest);
    return open(now);
  }
  if (state_ == State::closed && ++failures_ >= options_.failures) open(now);
}

void Breaker::dropped() {
  trying_ = false;
}

void Breaker::open(Time now) {
  state_ = State::open;
  trying_ = false;
  failures_ = 0;
  resting_until_ = now + rest_;
}

}  // namespace waybill::gateway
