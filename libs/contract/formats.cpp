#include "libs/contract/formats.hpp"

#include "libs/core/clock.hpp"
#include "libs/core/id.hpp"

namespace waybill::contract {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int to_number(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (!is_digit(text[i])) return false;
  }
  const std::chrono::year_month_day date{
      std::chrono::year{to_number(text.substr(0, 4))},
      std::chrono::month{static_cast<unsigned>(to_number(text.substr(5, 2)))},
      std::chrono::day{static_cast<unsigned>(to_number(text.substr(8, 2)))}};
  return date.ok();
}

bool is_label_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_domain(std::string_view domain) {
  bool has_dot = false;
  while (true) {
    const std::size_t dot = domain.find('.');
    const std::string_view label = domain.substr(0, dot);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' ||
        !std::all_of(label.begin(), label.end(), is_label_character)) {
      return false;
    }
    if (dot == std::string_view::npos) return has_dot;
    has_dot = true;
    domain.remove_prefix(dot + 1);
  }
}

// The dot-atom form of RFC 5321 with a domain of at least two labels; letters beyond ASCII are
// allowed in both halves (RFC 6531). Quoted local parts and address literals are not.
bool is_email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
  const std::string_view local = text.substr(0, at);
  if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos) {
    return false;
  }
  constexpr std::string_view kForbidden = "()<>[]:;@\\,\" \x7f";
  for (const char c : local) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || kForbidden.find(c) != std::string_view::npos) return false;
  }
  return is_domain(text.substr(at + 1));
}

}  // namespace

std::optional<Format> parse_format(std::string_view name) {
  if (name == "uuid") return Format::uuid;
  if (name == "date") return Format::date;
  if (name == "date-time") return Format::date_time;
  if (name == "email") return Format::email;
  return std::nullopt;
}

bool has_format(Format format, std::string_view text) {
  switch (format) {
    case Format::uuid:
      return Id::parse(text).has_value();
    case Format::date:
      return is_date(text);
    case Format::date_time:
      return parse_rfc3339(text).has_value();
    case Format::email:
      return is_email(text);
  }
  return false;
}

std::string_view describe(Format format) {
  switch (format) {
    case Format::uuid:
      return "a UUID";
    case Format::date:
      return "a date (YYYY-MM-DD)";
    case Format::date_time:
      return "a time (RFC 3339)";
    case Format::email:
      return "an e-mail address";
  }
  return "";
}

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace waybill::contract
