// The house rules for coroutines and threads, as code. One thread runs the io_context of a process;
// everything that blocks goes to a pool by offload(). g++ 12 destroys lambdas and aggregates twice
// when they are temporaries of an expression with co_await: name them first. The helpers here take
// jobs as lvalues, so that an inline one does not compile.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <stop_token>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace waybill::async {

namespace asio = boost::asio;
template <class T>
using awaitable = asio::awaitable<T>;

// The completion handler of every spawned coroutine: an exception that leaves it is logged as
// `task.failed` with this name and counted in tasks_failed_total. Never use asio::detached, which
// swallows it.
class LogAndCount {
 public:
  explicit LogAndCount(std::string_view name) : name_{name} {}
  void operator()(std::exception_ptr error) const;

 private:
  std::string_view name_;  // a literal
};

template <class Executor>
void spawn(const Executor& executor, awaitable<void>&& task, std::string_view name) {
  asio::co_spawn(executor, std::move(task), LogAndCount{name});
}

// Waits without blocking the thread.
awaitable<void> pause(std::chrono::milliseconds duration);
// Blocks a plain thread, but not through a stop.
void pause(const std::stop_token& stop, std::chrono::milliseconds duration);

// Runs a blocking job on the pool and comes back to the awaiting coroutine's executor with its
// result or exception. The pool's threads must outlive the call; the job must bring its own time
// limit. Bound the queue at the caller.
template <class Job>
auto offload(asio::thread_pool& pool, Job& job) -> awaitable<decltype(job())>;

// A one-shot event that any number of coroutines of one io_context wait for. Not thread-safe. Must
// outlive its waiters.
class Event {
 public:
  explicit Event(asio::io_context& io) : io_{io} {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void set();
  bool is_set() const { return set_; }
  // True when set, false when the time was over.
  awaitable<bool> wait_for(std::chrono::milliseconds most);

 private:
  asio::io_context& io_;
  std::vector<asio::steady_timer*> waiting_;  // each lives in the frame of its waiter
  bool set_ = false;
};

}  // namespace waybill::async

#include "libs/async/offload.ipp"
