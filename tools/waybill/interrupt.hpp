// Ctrl-C as a flag that loops look at.
#pragma once

#include <atomic>

namespace waybill::tool {

// Set by SIGINT and SIGTERM once this was called first.
const std::atomic<bool>& interrupted();

}  // namespace waybill::tool
