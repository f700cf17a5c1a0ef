// How often this process has called somebody, by its own metrics.
#pragma once

#include <cstdint>
#include <string>

namespace waybill::testing {

// The count of integration_request_duration_seconds{target,operation,outcome}; 0 where there was no
// such call.
std::uint64_t calls(const std::string& target, const std::string& operation,
                    const std::string& outcome);

}  // namespace waybill::testing
