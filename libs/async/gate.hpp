// Keeps what is under way bounded: so many at work, a short line behind them, and who finds that
// full is refused at once. A refusal costs next to nothing, so what gets in stays quick however
// many knock.
#pragma once

#include <chrono>
#include <memory>

#include "libs/async/async.hpp"

namespace waybill::async {

// Of the coroutines of one io_context. Not thread-safe.
class Gate {
 public:
  struct Limits {
    std::size_t at_work = 256;
    std::size_t in_line = 128;
    std::chrono::milliseconds patience{500};  // of who stands in line
  };

 private:
  struct Impl;

 public:
  // The right to be at work; it ends with the object. An empty one says that there was no room, or
  // none in time.
  class Pass {
   public:
    Pass() = default;
    explicit Pass(std::shared_ptr<Impl> gate) : gate_{std::move(gate)} {}
    Pass(Pass&&) noexcept = default;
    Pass& operator=(Pass&&) = delete;
    ~Pass();
    explicit operator bool() const { return gate_ != nullptr; }

   private:
    std::shared_ptr<Impl> gate_;
  };

  Gate(asio::io_context& io, Limits limits);

  // First come, first served. Waits for `patience` at most, and not beyond `deadline`.
  awaitable<Pass> enter(std::chrono::steady_clock::time_point deadline);
  // Whoever came now would get in at once.
  bool has_room() const;
  // Whoever came now would be refused.
  bool is_full() const;
  // From now on; who is inside stays.
  void set_limits(Limits limits);

  std::size_t at_work() const;
  std::size_t in_line() const;

 private:
  std::shared_ptr<Impl> impl_;  // passes and waiters may outlive the gate
};

}  // namespace waybill::async
