// What a worker's master and the shim in it share: a page of memory in a file.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace waybill::chaos {

// Names the file for the shim.
inline constexpr const char* kTrapVariable = "WAYBILL_CRASH_TRAP";

// All zero at first. The process dies at its call number `at`, counted from when it was set.
struct Trap {
  std::atomic<std::int64_t> at;     // 0: never
  std::atomic<std::int64_t> calls;  // so far
  std::atomic<bool> after;          // the call was made; false: it was not
  std::atomic<bool> sprung;
  std::atomic<std::int64_t> ahead;  // of the true time the process's wall clock is, in seconds
  std::array<char, 16> call;        // "send", once it has sprung
  std::uint16_t port;               // of the other end; 0: no TCP connection
};
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

}  // namespace waybill::chaos
