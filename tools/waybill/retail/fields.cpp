#include "tools/waybill/retail/fields.hpp"

#include <charconv>

namespace waybill::tool::retail {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::int64_t to_number(std::string_view digits) {
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

struct Decimal {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;  // without trailing zeros
};

std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal decimal;
  if (text.starts_with('-') || text.starts_with('+')) {
    decimal.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const std::size_t dot = text.find('.');
  decimal.whole = text.substr(0, dot);
  if (!all_digits(decimal.whole)) return std::nullopt;
  if (dot != std::string_view::npos) {
    decimal.fraction = text.substr(dot + 1);
    if (!all_digits(decimal.fraction)) return std::nullopt;
    const std::size_t last = decimal.fraction.find_last_not_of('0');
    decimal.fraction = decimal.fraction.substr(0, last + 1);
  }
  const std::size_t first = decimal.whole.find_first_not_of('0');
  decimal.whole = first == std::string_view::npos ? "0" : decimal.whole.substr(first);
  return decimal;
}

// Takes digits from the front of `text`, then `separator` when there is one.
std::optional<int> take_number(std::string_view& text, std::size_t most_digits, char separator) {
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  if (digits == 0 || digits > most_digits) return std::nullopt;
  const int value = static_cast<int>(to_number(text.substr(0, digits)));
  text.remove_prefix(digits);
  if (separator != '\0') {
    if (!text.starts_with(separator)) return std::nullopt;
    text.remove_prefix(1);
  }
  return value;
}

std::optional<std::chrono::local_days> take_day(std::string_view& text) {
  const bool month_first = text.find('/') != std::string_view::npos;
  const char separator = month_first ? '/' : '-';
  const auto first = take_number(text, 4, separator);
  const auto second = take_number(text, 2, separator);
  const auto third = take_number(text, 4, '\0');
  if (!first || !second || !third) return std::nullopt;
  const auto year = std::chrono::year{month_first ? *third : *first};
  const auto month = std::chrono::month(static_cast<unsigned>(month_first ? *first : *second));
  const auto day = std::chrono::day(static_cast<unsigned>(month_first ? *second : *third));
  const std::chrono::year_month_day date{year, month, day};
  if (!date.ok() || date.year() < std::chrono::year{1900}) return std::nullopt;
  return std::chrono::local_days{date};
}

std::optional<std::chrono::seconds> take_time(std::string_view text) {
  const auto hours = take_number(text, 2, ':');
  const auto minutes = take_number(text, 2, '\0');
  std::optional<int> seconds = 0;
  if (text.starts_with(':')) {
    text.remove_prefix(1);
    seconds = take_number(text, 2, '\0');
  }
  if (!hours || !minutes || !seconds || !text.empty()) return std::nullopt;
  if (*hours > 23 || *minutes > 59 || *seconds > 59) return std::nullopt;
  return std::chrono::hours{*hours} + std::chrono::minutes{*minutes} +
         std::chrono::seconds{*seconds};
}

}  // namespace

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string to_upper(std::string_view text) {
  std::string upper{text};
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

std::string to_lower(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::optional<std::int64_t> parse_quantity(std::string_view text) {
  const auto decimal = parse_decimal(text);
  if (!decimal || !decimal->fraction.empty() || decimal->whole.size() > 7) return std::nullopt;
  const std::int64_t units = to_number(decimal->whole);
  return decimal->negative ? -units : units;
}

std::optional<Minor> parse_price(std::string_view text) {
  const auto decimal = parse_decimal(text);
  if (!decimal || decimal->fraction.size() > 2 || decimal->whole.size() > 8) return std::nullopt;
  std::string cents{decimal->fraction};
  cents.resize(2, '0');
  const Minor price = to_number(decimal->whole) * 100 + to_number(cents);
  return decimal->negative ? -price : price;
}

std::optional<std::string> parse_customer(std::string_view text) {
  if (text.empty()) return std::string{};
  const auto decimal = parse_decimal(text);
  if (!decimal || !decimal->fraction.empty() || !all_digits(text.substr(0, 1))) return std::nullopt;
  return std::string{text.substr(0, text.find('.'))};
}

std::optional<std::chrono::local_seconds> parse_local_time(std::string_view text) {
  const auto day = take_day(text);
  if (!day || !(text.starts_with(' ') || text.starts_with('T'))) return std::nullopt;
  text.remove_prefix(1);
  const auto time = take_time(trim(text));
  if (!time) return std::nullopt;
  return *day + *time;
}

}  // namespace waybill::tool::retail
