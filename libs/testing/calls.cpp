#include "libs/testing/calls.hpp"

#include <fmt/format.h>

#include "libs/metrics/metrics.hpp"

namespace waybill::testing {

std::uint64_t calls(const std::string& target, const std::string& operation,
                    const std::string& outcome) {
  const std::string line = fmt::format(
      "integration_request_duration_seconds_count{{operation=\"{}\",outcome=\"{}\","
      "service=\"{}\",target=\"{}\"}} ",
      operation, outcome, metrics::process_name(), target);
  const std::string text = metrics::exposition();
  const auto at = text.find(line);
  return at == std::string::npos ? 0 : std::stoull(text.substr(at + line.size()));
}

}  // namespace waybill::testing
