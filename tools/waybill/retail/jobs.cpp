#include "tools/waybill/retail/jobs.hpp"

#include <exception>

namespace waybill::tool::retail {
namespace {

class Crew {
 public:
  Crew(boost::asio::io_context& io, std::size_t count, const Job& job)
      : io_{io}, count_{count}, job_{job} {}

  void run(std::size_t concurrency) {
    workers_ = std::min(concurrency, count_);
    if (workers_ == 0) return;
    const std::size_t all = workers_;
    for (std::size_t i = 0; i < all; ++i) {
      boost::asio::co_spawn(io_, work(), [this](std::exception_ptr error) { end_of_one(error); });
    }
    // The client may keep timers of its own: the end of the last worker is the end of the run.
    io_.restart();
    io_.run();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  boost::asio::awaitable<void> work() {
    while (next_ < count_) {
      const std::size_t mine = next_++;
      co_await job_(mine);
    }
  }

  void end_of_one(std::exception_ptr error) {
    if (error && !failure_) {
      failure_ = error;
      next_ = count_;
    }
    if (--workers_ == 0) io_.stop();
  }

  boost::asio::io_context& io_;
  std::size_t count_;
  const Job& job_;
  std::size_t next_ = 0;
  std::size_t workers_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

void run_jobs(boost::asio::io_context& io, std::size_t count, std::size_t concurrency,
              const Job& job) {
  Crew{io, count, job}.run(concurrency);
}

}  // namespace waybill::tool::retail
