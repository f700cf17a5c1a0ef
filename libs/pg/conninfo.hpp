// Connection strings.
#pragma once

#include <map>
#include <string>

#include "libs/pg/pg.hpp"

namespace waybill::pg {

// The key=value form of options.url with the time limits, keepalives and session settings that
// every connection of Waybill has; what the URL itself says stays. Throws Error for a malformed
// URL.
std::string conninfo(const Options& options, const std::map<std::string, std::string>& settings);

}  // namespace waybill::pg
