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
  boost::asio::post(io, std::move(task));
  done.get();
}

}  // namespace waybill::runtime
