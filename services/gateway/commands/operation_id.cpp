#include "services/gateway/commands/operation_id.hpp"

#include <charconv>

namespace waybill::gateway {
namespace {

constexpr std::size_t kMarkSize = 16;

std::optional<std::array<std::string_view, 4>> split(std::string_view text) {
  std::array<std::string_view, 4> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto dot = text.find('.');
    const bool is_last = i + 1 == parts.size();
    if ((dot == std::string_view::npos) != is_last) return std::nullopt;
    parts[i] = text.substr(0, dot);
    if (!is_last) text.remove_prefix(dot + 1);
  }
  return parts;
}

bool is_service(std::string_view text) {
  return !text.empty() && text.size() <= 40 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos;
}

}  // namespace

std::string OperationId::to_string() const {
  std::array<char, 16> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), to_unix_millis(created_at), 36);
  return fmt::format("{}.{}.{}.{}", service, command.to_string(),
                     std::string_view{digits.data(), end.ptr}, caller);
}

std::optional<OperationId> OperationId::parse(std::string_view text) {
  const auto parts = split(text);
  if (!parts) return std::nullopt;
  const auto& [service, command, created, caller] = *parts;
  const auto id = Id::parse(command);
  std::int64_t millis = 0;
  const auto [end, error] = std::from_chars(created.begin(), created.end(), millis, 36);
  constexpr std::int64_t kYear3000 = 32'503'680'000'000;
  if (!is_service(service) || !id || error != std::errc{} || end != created.end() || millis < 0 ||
      millis > kYear3000 || caller.size() != kMarkSize) {
    return std::nullopt;
  }
  return OperationId{std::string{service}, *id, from_unix_micros(millis * 1000),
                     std::string{caller}};
}

}  // namespace waybill::gateway
