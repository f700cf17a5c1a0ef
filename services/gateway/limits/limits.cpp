#include "services/gateway/limits/limits.hpp"

#include <charconv>

namespace waybill::gateway {
namespace {

constexpr std::string_view kStaff = "staff";
constexpr std::string_view kNone = "none";
// More would be no limit, but a way to fill the memory of Redis.
constexpr std::int64_t kMostCalls = 100'000;
constexpr std::int64_t kMostSeconds = 86'400;

std::optional<std::int64_t> parse_number(std::string_view text, std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number >= 1 && number <= most ? std::optional{number} : std::nullopt;
}

}  // namespace

std::optional<cache::Limit> parse_limit(const std::string& setting, const std::string& text) {
  if (text == "off") return std::nullopt;
  const std::string_view all{text};
  const auto slash = std::min(all.find('/'), all.size());
  const auto calls = parse_number(all.substr(0, slash), kMostCalls);
  const auto seconds = parse_number(all.substr(std::min(slash + 1, all.size())), kMostSeconds);
  if (calls && seconds) return cache::Limit{*calls, std::chrono::seconds{*seconds}};
  throw config::SettingsError(
      fmt::format("{} '{}' is no limit; write 10/60 for 10 calls in 60 seconds (at most {}/{}), or "
                  "off",
                  setting, text, kMostCalls, kMostSeconds));
}

std::map<std::string, std::string> Limits::defaults() {
  return {{"users", "5/60"},
          {"orders", "10/60"},
          {"advert", "off"},
          {"default", "300/60"},
          {"staff", "off"}};
}

Limits::Limits(const std::map<std::string, std::string>& texts) {
  for (const auto& [name, text] : texts) limits_.emplace(name, parse_limit("limit." + name, text));
  limits_.emplace(kNone, std::nullopt);
}

bool Limits::has(std::string_view name) const {
  return limits_.contains(name);
}

std::optional<Limits::Rule> Limits::rule(std::string_view name, Role role) const {
  if (name == kNone) return std::nullopt;
  const auto found = limits_.find(role >= Role::staff ? kStaff : name);
  if (found == limits_.end() || !found->second) return std::nullopt;
  return Rule{found->first, *found->second};
}

}  // namespace waybill::gateway
