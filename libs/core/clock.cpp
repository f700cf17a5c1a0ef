#include "libs/core/clock.hpp"

#include <charconv>

#include <fmt/format.h>

namespace waybill {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

// Reads exactly `width` digits at `at` and moves on.
bool digits(std::string_view text, std::size_t& at, std::size_t width, int& value) {
  if (at + width > text.size()) return false;
  value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    const char c = text[at + i];
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  at += width;
  return true;
}

bool literal(std::string_view text, std::size_t& at, std::string_view accepted) {
  if (at >= text.size() || accepted.find(text[at]) == std::string_view::npos) return false;
  ++at;
  return true;
}

// ".123456789" as microseconds; absent is zero, a dot without digits is an error.
bool fraction(std::string_view text, std::size_t& at, int& micros) {
  micros = 0;
  if (at >= text.size() || text[at] != '.') return true;
  ++at;
  const std::size_t first = at;
  int scale = 100'000;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    micros += (text[at] - '0') * scale;
    scale /= 10;
  }
  return at > first;
}

bool offset(std::string_view text, std::size_t& at, std::chrono::minutes& east) {
  east = {};
  if (literal(text, at, "Zz")) return true;
  const bool minus = at < text.size() && text[at] == '-';
  int hours = 0;
  int minutes = 0;
  if (!literal(text, at, "+-") || !digits(text, at, 2, hours) || !literal(text, at, ":") ||
      !digits(text, at, 2, minutes) || hours > 23 || minutes > 59) {
    return false;
  }
  east = std::chrono::minutes{(minus ? -1 : 1) * (hours * 60 + minutes)};
  return true;
}

}  // namespace

Instant now() {
  return std::chrono::time_point_cast<microseconds>(std::chrono::system_clock::now());
}

std::string to_rfc3339(Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<milliseconds>(at - day)};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
  std::size_t at = 0;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0;
  std::chrono::minutes east{};
  const bool well_formed =
      digits(text, at, 4, year) && literal(text, at, "-") && digits(text, at, 2, month) &&
      literal(text, at, "-") && digits(text, at, 2, day) && literal(text, at, "Tt ") &&
      digits(text, at, 2, hour) && literal(text, at, ":") && digits(text, at, 2, minute) &&
      literal(text, at, ":") && digits(text, at, 2, second) && fraction(text, at, micros) &&
      offset(text, at, east) && at == text.size();
  if (!well_formed || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return Instant{std::chrono::sys_days{date}} + std::chrono::hours{hour} +
         std::chrono::minutes{minute} + seconds{second} + microseconds{micros} - east;
}

std::int64_t to_unix_millis(Instant at) {
  return std::chrono::floor<milliseconds>(at.time_since_epoch()).count();
}

std::int64_t to_unix_micros(Instant at) {
  return at.time_since_epoch().count();
}

Instant from_unix_micros(std::int64_t micros) {
  return Instant{microseconds{micros}};
}

}  // namespace waybill
