// Blocking work of one kind beside the io thread: some threads, and a queue of which one knows how
// long it gets. Who comes when it is full is told so at once.
#pragma once

#include <string>

#include <boost/asio/thread_pool.hpp>

#include "libs/async/async.hpp"
#include "libs/core/fault.hpp"

namespace waybill::identity::direct {

class Lane {
 public:
  // At most `most_waiting` jobs wait for one of the threads.
  Lane(std::size_t threads, std::size_t most_waiting)
      : threads_{threads}, most_{threads + most_waiting}, size_{threads} {}
  ~Lane() {
    threads_.stop();
    threads_.join();
  }

  // Runs the job (an lvalue, see libs/async) on a thread of the lane and gives its result, or 503
  // when the queue is full. Call it on the io thread.
  template <class Job>
  async::awaitable<Result<decltype(std::declval<Job&>()())>> run(Job& job) {
    if (inside_ >= most_) co_return unavailable("Too much to do at the moment; try again soon.");
    const Seat seat{inside_};
    auto result = co_await async::offload(threads_, job);
    co_return result;
  }

  // Jobs that wait for a thread.
  std::size_t waiting() const { return inside_ > size_ ? inside_ - size_ : 0; }

 private:
  struct Seat {
    explicit Seat(std::atomic<std::size_t>& count) : taken{count} { ++taken; }
    ~Seat() { --taken; }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    std::atomic<std::size_t>& taken;
  };

  boost::asio::thread_pool threads_;
  const std::size_t most_;
  const std::size_t size_;
  std::atomic<std::size_t> inside_{0};
};

}  // namespace waybill::identity::direct
