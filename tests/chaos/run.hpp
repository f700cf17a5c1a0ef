// Random faults under continuous load.
#pragma once

#include <cstddef>
#include <cstdint>

namespace waybill::chaos {

struct RunOptions {
  std::uint64_t seed = 0;
  std::size_t faults = 30;
  int clients = 16;
  bool only_plan = false;     // says what it would do
  std::int64_t commands = 0;  // goes on after the last fault until so many have their outcome
};

// True: nothing was lost, nothing done twice, nothing is stuck, and every fault was recovered from.
bool run(const RunOptions& options);

}  // namespace waybill::chaos
