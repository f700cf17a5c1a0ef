#include "libs/core/money.hpp"

#include <fmt/format.h>

namespace waybill {
namespace {

bool all_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::optional<Minor> parse_money(std::string_view text) {
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const std::string_view cents = dot == std::string_view::npos ? "0" : text.substr(dot + 1);
  if (whole.empty() || whole.size() > 10 || !all_digits(whole)) return std::nullopt;
  if (whole.size() > 1 && whole.front() == '0') return std::nullopt;
  if (cents.empty() || cents.size() > 2 || !all_digits(cents)) return std::nullopt;
  Minor amount = 0;
  for (const char c : whole) amount = amount * 10 + (c - '0');
  amount = amount * 100 + (cents[0] - '0') * 10;
  return cents.size() == 2 ? amount + (cents[1] - '0') : amount;
}

std::optional<Minor> parse_amount(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.size() < 4 || text.size() > 18 || text[text.size() - 3] != '.') return std::nullopt;
  std::string digits{text.substr(0, text.size() - 3)};
  digits += text.substr(text.size() - 2);
  if (!all_digits(digits)) return std::nullopt;
  Minor amount = 0;
  for (const char c : digits) amount = amount * 10 + (c - '0');
  return negative ? -amount : amount;
}

std::string format_money(Minor amount) {
  const bool negative = amount < 0;
  const auto units = static_cast<std::uint64_t>(negative ? -amount : amount);
  return fmt::format("{}{}.{:02}", negative ? "-" : "", units / 100, units % 100);
}

}  // namespace waybill
