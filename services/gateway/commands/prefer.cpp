#include "services/gateway/commands/prefer.hpp"

#include <charconv>

#include <strings.h>

#include "libs/core/text.hpp"

namespace waybill::gateway {
namespace {

constexpr int kLongestWait = 30;  // seconds

bool is_name(std::string_view text, std::string_view name) {
  return text.size() == name.size() && strncasecmp(text.data(), name.data(), name.size()) == 0;
}

struct Wishes {
  bool respond_async = false;
  std::optional<int> wait;  // seconds
};

std::optional<int> parse_wait(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  if (value.empty() || value.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  int seconds = kLongestWait;  // also for numbers beyond an int
  std::from_chars(value.begin(), value.end(), seconds);
  return std::min(seconds, kLongestWait);
}

// One preference: token [= word] *(; parameter).
void read_one(std::string_view text, Wishes& wishes) {
  text = trimmed(text.substr(0, text.find(';')));
  const auto equals = text.find('=');
  const std::string_view name = trimmed(text.substr(0, equals));
  if (is_name(name, "respond-async")) {
    wishes.respond_async = true;
  } else if (is_name(name, "wait") && equals != std::string_view::npos && !wishes.wait) {
    wishes.wait = parse_wait(trimmed(text.substr(equals + 1)));
  }
}

Wishes read_wishes(const web::Headers& headers) {
  Wishes wishes;
  for (const auto& [name, value] : headers) {
    if (!is_name(name, "Prefer")) continue;
    std::string_view rest = value;
    while (true) {
      const auto comma = rest.find(',');
      read_one(rest.substr(0, comma), wishes);
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return wishes;
}

}  // namespace

Preference read_preference(const web::Headers& headers, std::chrono::milliseconds standard) {
  const Wishes wishes = read_wishes(headers);
  if (wishes.respond_async) return {std::chrono::milliseconds{0}, "respond-async"};
  if (wishes.wait) {
    return {std::chrono::seconds{*wishes.wait}, fmt::format("wait={}", *wishes.wait)};
  }
  return {standard, {}};
}

}  // namespace waybill::gateway
