#include "services/gateway/edge/conditions.hpp"

#include <charconv>

namespace waybill::gateway {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view opaque(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

}  // namespace

std::string etag_of(std::int64_t version) {
  return fmt::format("\"{}\"", version);
}

bool has_etag(std::string_view if_none_match, std::string_view etag) {
  if (trimmed(if_none_match) == "*") return true;
  while (!if_none_match.empty()) {
    const auto comma = if_none_match.find(',');
    if (opaque(trimmed(if_none_match.substr(0, comma))) == opaque(etag)) return true;
    if (comma == std::string_view::npos) break;
    if_none_match.remove_prefix(comma + 1);
  }
  return false;
}

std::optional<std::int64_t> expected_version(std::string_view if_match) {
  const std::string_view tag = trimmed(if_match);
  if (tag.empty() || tag == "*") return std::nullopt;
  if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"') return 0;
  const std::string_view digits = tag.substr(1, tag.size() - 2);
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), version);
  const bool is_version = error == std::errc{} && end == digits.end() && version > 0;
  return is_version ? version : 0;
}

}  // namespace waybill::gateway
