// Points in time: UTC, with the microseconds that PostgreSQL keeps.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waybill {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;
using std::chrono::milliseconds;
using std::chrono::seconds;

// The wall clock.
Instant now();

// "2026-01-31T09:30:00.123Z" (RFC 3339, milliseconds, UTC).
std::string to_rfc3339(Instant at);
// Any RFC 3339 date-time, offsets included; digits beyond microseconds are dropped.
std::optional<Instant> parse_rfc3339(std::string_view text);

std::int64_t to_unix_millis(Instant at);
std::int64_t to_unix_micros(Instant at);
Instant from_unix_micros(std::int64_t micros);

}  // namespace waybill
