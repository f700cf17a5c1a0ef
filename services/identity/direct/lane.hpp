// Blocking work of one kind beside the io thread: some threads, and a short line of which one knows
// how long it gets. Who comes when it is full is told so at once.
#pragma once

#include <boost/asio/thread_pool.hpp>

#include "libs/async/async.hpp"
#include "libs/async/gate.hpp"
#include "libs/core/fault.hpp"

namespace waybill::identity::direct {

class Lane {
 public:
  // At most `most_waiting` jobs wait for one of the threads.
  Lane(boost::asio::io_context& io, std::size_t threads, std::size_t most_waiting)
      : gate_{io, {.at_work = threads, .in_line = most_waiting, .patience = kPatience}},
        threads_{threads} {}
  ~Lane() {
    threads_.stop();
    threads_.join();
  }

  // Runs the job (an lvalue, see libs/async) on a thread of the lane and gives its result, or 503
  // when the line is full or no thread became free before the deadline. Call it on the io thread.
  template <class Job>
  async::awaitable<Result<decltype(std::declval<Job&>()())>> run(
      Job& job, std::chrono::steady_clock::time_point deadline) {
    const auto pass = co_await gate_.enter(deadline);
    if (!pass) co_return unavailable("Too much to do at the moment; try again soon.");
    auto result = co_await async::offload(threads_, job);
    co_return result;
  }

 private:
  static constexpr std::chrono::seconds kPatience{5};

  async::Gate gate_;
  boost::asio::thread_pool threads_;
};

}  // namespace waybill::identity::direct
