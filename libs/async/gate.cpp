#include "libs/async/gate.hpp"

#include <deque>

#include <boost/asio/redirect_error.hpp>

namespace waybill::async {

struct Gate::Impl {
  struct Waiter;

  Impl(asio::io_context& context, Limits most) : io{context}, limits{most} {}

  static awaitable<bool> stand_in_line(std::shared_ptr<Impl> self,
                                       std::chrono::steady_clock::time_point until);
  void leave();
  bool has_room() const { return line.empty() && at_work < limits.at_work; }

  asio::io_context& io;
  Limits limits;
  std::size_t at_work = 0;
  std::deque<Waiter*> line;
};

struct Gate::Impl::Waiter {
  Waiter(Impl& gate, std::chrono::steady_clock::time_point until)
      : impl{gate}, timer{gate.io, until} {
    impl.line.push_back(this);
  }
  ~Waiter() { std::erase(impl.line, this); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  Impl& impl;
  asio::steady_timer timer;
  bool served = false;
};

awaitable<bool> Gate::Impl::stand_in_line(std::shared_ptr<Impl> self,
                                          std::chrono::steady_clock::time_point until) {
  Waiter waiter{*self, until};
  boost::system::error_code cancelled;
  co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  co_return waiter.served;
}

// The place goes to the first in line, so nobody can overtake him.
void Gate::Impl::leave() {
  --at_work;
  while (!line.empty() && at_work < limits.at_work) {
    Waiter* first = line.front();
    line.pop_front();
    ++at_work;
    first->served = true;
    first->timer.cancel();
  }
}

Gate::Pass::~Pass() {
  if (gate_) gate_->leave();
}

Gate::Gate(asio::io_context& io, Limits limits) : impl_{std::make_shared<Impl>(io, limits)} {}

awaitable<Gate::Pass> Gate::enter(std::chrono::steady_clock::time_point deadline) {
  const std::shared_ptr<Impl> impl = impl_;
  if (impl->has_room()) {
    ++impl->at_work;
    co_return Pass{impl};
  }
  if (impl->line.size() >= impl->limits.in_line) co_return Pass{};
  const auto until = std::min(deadline, std::chrono::steady_clock::now() + impl->limits.patience);
  const bool served = co_await Impl::stand_in_line(impl, until);
  if (!served) co_return Pass{};
  co_return Pass{impl};
}

bool Gate::has_room() const {
  return impl_->has_room();
}

bool Gate::is_full() const {
  return !impl_->has_room() && impl_->line.size() >= impl_->limits.in_line;
}

void Gate::set_limits(Limits limits) {
  impl_->limits = limits;
}

std::size_t Gate::at_work() const {
  return impl_->at_work;
}

std::size_t Gate::in_line() const {
  return impl_->line.size();
}

}  // namespace waybill::async
