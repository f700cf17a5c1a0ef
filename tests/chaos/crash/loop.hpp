// A worker is killed before and after each of its I/O calls in turn, while it does one command.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace waybill::chaos {

struct CrashOptions {
  std::vector<std::string> commands{"PlaceOrder", "CancelOrder", "UpdateProduct"};
  std::int64_t most = 0;  // calls of each; 0: all
};

// Prints a table. True: every command had its outcome, and the audit is clean.
bool crash_everywhere(const CrashOptions& options);

}  // namespace waybill::chaos
