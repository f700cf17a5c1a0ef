#include "libs/async/async.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>

#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"

namespace waybill::async {
namespace {

std::string describe(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

// Cancellation of a timer is how its waiter is woken, no error.
awaitable<void> sleep_on(asio::steady_timer& timer) {
  boost::system::error_code cancelled;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace

void LogAndCount::operator()(std::exception_ptr error) const {
  if (!error) return;
  log::error("task.failed", {{"task", name_}, {"error", describe(error)}});
  metrics::counter("tasks_failed_total", "Coroutines that ended with an exception.",
                   {{"task", std::string{name_}}})
      .add();
}

awaitable<void> pause(std::chrono::milliseconds duration) {
  asio::steady_timer timer{co_await asio::this_coro::executor, duration};
  co_await sleep_on(timer);
}

void pause(const std::stop_token& stop, std::chrono::milliseconds duration) {
  std::mutex mutex;
  std::condition_variable_any condition;
  std::unique_lock lock{mutex};
  condition.wait_for(lock, stop, duration, [] { return false; });
}

void Event::set() {
  set_ = true;
  for (asio::steady_timer* timer : waiting_) timer->cancel();
}

awaitable<bool> Event::wait_for(std::chrono::milliseconds most) {
  if (set_) co_return true;
  // A timer that ran out is cancelled no more, so the flag says why the wait ended, not the timer.
  asio::steady_timer timer{io_, most};
  waiting_.push_back(&timer);
  co_await sleep_on(timer);
  std::erase(waiting_, &timer);
  co_return set_;
}

}  // namespace waybill::async
