// Counts calls against limits over all processes that share a Redis: never more than N are admitted
// in any W seconds. One atomic round trip per call. Without Redis, or when it is late, the process
// counts for itself; it always remembers what it has admitted, so that Redis can go and come within
// a window without letting one caller in twice as often.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "libs/cache/windows.hpp"

namespace waybill::cache {

class Limiter {
 public:
  struct Options {
    std::string url = "redis://127.0.0.1:6379";
    std::chrono::milliseconds answer_time{20};  // a slower Redis counts as away for the call
    std::size_t remembered = 1'000'000;         // calls, see Windows
  };
  // Connects in the background on `io` and reconnects with backoff. Throws std::runtime_error for a
  // URL that is none.
  Limiter(boost::asio::io_context& io, Options options);
  ~Limiter();
  // Ends the link for good; calls are counted here from then on. On the io thread, before it ends.
  void close();

  // Admits and counts a call, or refuses it. On the io thread only. Callers of one key should name
  // one limit; a changed one counts from the next call on.
  boost::asio::awaitable<Verdict> admit(std::string key, Limit limit);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::cache
