// Blocking work of one kind beside the io thread: some threads, and a short line of which one knows
// how long it gets. Who comes when it is full is told so at once.
#pragma once

#include <latch>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "libs/async/async.hpp"
#include "libs/async/gate.hpp"
#include "libs/async/priority.hpp"
#include "libs/core/fault.hpp"

namespace waybill::identity::direct {

class Lane {
 public:
  // At most `most_waiting` jobs wait for one of the threads, which stand back behind everything
  // else of the machine by `niceness` (libs/async, lower_priority).
  Lane(boost::asio::io_context& io, std::size_t threads, std::size_t most_waiting, int niceness = 0)
      : gate_{io, {.at_work = threads, .in_line = most_waiting, .patience = kPatience}},
        threads_{threads} {
    if (niceness > 0) stand_back(threads, niceness);
  }
  ~Lane() {
    threads_.stop();
    threads_.join();
  }

  // Whoever came now would be refused: a moment to save what comes before the job.
  bool is_full() const { return gate_.is_full(); }

  // Runs the job (an lvalue, see libs/async) on a thread of the lane and gives its result, or 503
  // when the line is full or no thread became free before the deadline. Call it on the io thread.
  template <class Job>
  async::awaitable<Result<decltype(std::declval<Job&>()())>> run(
      Job& job, std::chrono::steady_clock::time_point deadline) {
    const auto pass = co_await gate_.enter(deadline);
    if (!pass) co_return too_busy();
    auto result = co_await async::offload(threads_, job);
    co_return result;
  }

  static Fault too_busy() { return unavailable("Too much to do at the moment; try again soon."); }

 private:
  // Each thread takes one of these jobs, since none gets on before all have one.
  void stand_back(std::size_t threads, int niceness) {
    const auto all = std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(threads));
    for (std::size_t i = 0; i < threads; ++i) {
      boost::asio::post(threads_, [all, niceness] {
        async::lower_priority(niceness);
        all->arrive_and_wait();
      });
    }
  }

  static constexpr std::chrono::seconds kPatience{5};

  async::Gate gate_;
  boost::asio::thread_pool threads_;
};

}  // namespace waybill::identity::direct
