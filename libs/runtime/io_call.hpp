// Crossing from a plain thread to the io thread and back.
#pragma once

#include <future>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace waybill::runtime {

// Runs `work` on the thread that runs `io` and waits for it. Blocking: never call it on that
// thread.
template <class Work>
void call_on(boost::asio::io_context& io, Work work) {
  std::packaged_task<void()> task{std::move(work)};
  auto done = task.get_future();
  // Not the task itself: Asio would take it for a completion token and ask it for its future, too.
  boost::asio::post(io, [task = std::move(task)]() mutable { task(); });
  done.get();
}

}  // namespace waybill::runtime
