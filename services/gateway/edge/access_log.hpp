// One JSON line per request on standard error, in the form of libs/log. Lines are collected and
// written by a thread of their own many at a time: at tens of thousands of requests per second a
// write per line would cost more than the requests.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "libs/core/caller.hpp"
#include "libs/web/http.hpp"

namespace waybill::gateway {

enum class AccessLogLevel {
  off,
  errors,  // status 400 and up
  all,
};

class AccessLog {
 public:
  // `write` gets whole lines; a test takes them, the gateway writes them to standard error.
  using Sink = std::function<void(std::string_view lines)>;
  explicit AccessLog(AccessLogLevel level);
  AccessLog(AccessLogLevel level, Sink sink);
  // Writes what is waiting.
  ~AccessLog();

  bool wants(int status) const {
    const AccessLogLevel level = level_;
    return level == AccessLogLevel::all || (level == AccessLogLevel::errors && status >= 400);
  }
  void set_level(AccessLogLevel level) { level_ = level; }
  // What became of a request. Query and bodies never get here: they may carry secrets.
  struct Entry {
    std::string_view route;     // the path template
    std::string_view upstream;  // the service that it is for; empty: the gateway itself
    const Caller& caller;
    const web::Response& response;  // a problem's code stands there as the cause
    std::chrono::steady_clock::duration elapsed;
  };
  void add(const web::Request& request, const Entry& entry);

 private:
  void run(const std::stop_token& stop);

  std::atomic<AccessLogLevel> level_;
  const Sink sink_;
  std::mutex mutex_;
  std::condition_variable_any arrived_;
  std::string waiting_;
  std::uint64_t dropped_ = 0;
  std::jthread writer_;  // last: it uses all of the above
};

}  // namespace waybill::gateway
