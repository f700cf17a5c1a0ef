// Query parameters as lists have them. The gateway has checked their forms.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

#include "libs/core/fault.hpp"
#include "libs/web/http.hpp"

namespace waybill::file::queries {

inline std::optional<std::int64_t> read_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || text.empty()) return std::nullopt;
  return value;
}

inline std::int64_t read_limit(const web::Request& request) {
  return read_number(request.query_value("limit")).value_or(10);
}

inline Fault bad_cursor() {
  return {FaultKind::invalid, "bad-cursor", "This cursor belongs to another list.", {}};
}

}  // namespace waybill::file::queries
