// State in Redis that changes by scripts, each one step for everybody. For what can't go on without
// Redis: there is no answer of its own when it is away.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace waybill::cache {

// What a script returned.
struct Value {
  enum class Kind { nil, integer, text, list };
  Kind kind = Kind::nil;
  std::int64_t integer = 0;
  std::string text;
  std::vector<Value> items;
};

class Scripts {
 public:
  struct Options {
    std::string url = "redis://127.0.0.1:6379";
    std::chrono::milliseconds answer_time{1'000};  // a slower Redis counts as away
  };
  // Connects in the background on `io` and reconnects with backoff. Throws std::runtime_error for a
  // URL that is none.
  Scripts(boost::asio::io_context& io, Options options);
  ~Scripts();
  // Ends the link for good. On the io thread, before it ends.
  void close();

  // Runs a Lua script; `script` is a literal. nullopt: Redis is away or refused, and it is not
  // known whether the script ran. On the io thread only.
  boost::asio::awaitable<std::optional<Value>> run(std::string_view script,
                                                   std::vector<std::string> keys,
                                                   std::vector<std::string> arguments);
  // Thread-safe.
  bool is_connected() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::cache
