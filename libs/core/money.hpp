// Money is a count of minor units (cents) and travels as a decimal string.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waybill {

// Minor units of a price or total: 19.90 is 1990.
using Minor = std::int64_t;

// "0", "19.9", "19.90": at most ten digits before the dot, at most two behind it, no sign, no
// leading zeros.
std::optional<Minor> parse_money(std::string_view text);

// What format_money writes: totals may have more than ten digits.
std::optional<Minor> parse_amount(std::string_view text);

// Always two digits behind the dot.
std::string format_money(Minor amount);

}  // namespace waybill
