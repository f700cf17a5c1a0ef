// An open-loop load generator: requests leave at their times, whether earlier ones were answered or
// not, as a crowd of strangers does it. A closed loop slows down with what it measures, and can't
// overload anything.
#pragma once

#include "tests/bench/load.hpp"

namespace waybill::bench {

struct OpenLoad {
  std::string address;  // host:port
  double per_second = 100;
  std::chrono::milliseconds duration{5'000};
  std::size_t connections = 1'000;  // more requests than that are never under way
  int wanted_status = 201;
};

struct OpenResult {
  LoadResult wanted;   // micros from the time when a request was due
  LoadResult refused;  // of status 503 and 429
  std::int64_t others = 0;
  std::int64_t broken = 0;     // connections that ended without an answer
  std::int64_t held_back = 0;  // due while all connections were busy
  std::int64_t sent = 0;
};

// Ends when every request has its answer. `shots` is gone through in order, again and again.
OpenResult run_open_load(const OpenLoad& load, const std::vector<Shot>& shots);

}  // namespace waybill::bench
