// The formats of strings that a schema may ask for.
#pragma once

#include <optional>
#include <string_view>

namespace waybill::contract {

enum class Format { uuid, date, date_time, email };

// nullopt: a format that is documentation only.
std::optional<Format> parse_format(std::string_view name);
bool has_format(Format format, std::string_view text);
// "a date (YYYY-MM-DD)", to stand behind "must be".
std::string_view describe(Format format);

// Unicode code points of valid UTF-8.
std::size_t count_code_points(std::string_view text);

}  // namespace waybill::contract
