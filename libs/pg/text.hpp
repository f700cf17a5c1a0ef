// PostgreSQL's text forms of values, both ways.
#pragma once

#include <string>
#include <string_view>

#include "libs/core/clock.hpp"

namespace waybill::pg {

// "2026-01-31 09:30:00.123456+00" (DateStyle ISO, time zone UTC, as every connection is set).
// Throws Error for anything else.
Instant parse_timestamp(std::string_view text);
std::string format_timestamp(Instant at);

// bytea's hex form.
std::string to_hex(std::string_view data);
std::string from_hex(std::string_view text);

// Appends `text` as a string literal ('it''s'; standard_conforming_strings is on).
void append_literal(std::string& sql, std::string_view text);

}  // namespace waybill::pg
