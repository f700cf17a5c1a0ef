// Many small coroutines on one io_context, a few at a time.
#pragma once

#include <cstddef>
#include <functional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace waybill::tool::retail {

// Makes the coroutine of the i-th job. A plain function, no coroutine itself.
using Job = std::function<boost::asio::awaitable<void>(std::size_t)>;

// Runs job(0) … job(count - 1), at most `concurrency` at once, and returns when all have ended. The
// first exception stops the rest and is thrown. Blocking: runs `io` on this thread.
void run_jobs(boost::asio::io_context& io, std::size_t count, std::size_t concurrency,
              const Job& job);

}  // namespace waybill::tool::retail
