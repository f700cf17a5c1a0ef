// Signals as flags that loops look at.
#pragma once

#include <atomic>

namespace waybill::tool {

// Set by SIGINT and SIGTERM once this was called first.
const std::atomic<bool>& interrupted();
// Set by SIGUSR1, unset by SIGUSR2, once this was called first.
const std::atomic<bool>& paused();

}  // namespace waybill::tool
