// The forms of the single columns of a retail file. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libs/core/money.hpp"

namespace waybill::tool::retail {

std::string_view trim(std::string_view text);
std::string to_upper(std::string_view text);  // ASCII letters only
std::string to_lower(std::string_view text);  // ASCII letters only

// "6", "-6", and "6.0" as spreadsheets write it; nothing beyond 7 digits.
std::optional<std::int64_t> parse_quantity(std::string_view text);
// "2.55", "-11062.06", "2.5500"; nullopt for fractions of a penny and more than 8 digits before the
// dot.
std::optional<Minor> parse_price(std::string_view text);
// "17850" and "17850.0" are the same customer; empty stays empty; nullopt for anything but digits.
std::optional<std::string> parse_customer(std::string_view text);
// Local time "2010-12-01 08:26:00" (also with T, without seconds) or "12/1/2010 8:26" (month
// first).
std::optional<std::chrono::local_seconds> parse_local_time(std::string_view text);

}  // namespace waybill::tool::retail
