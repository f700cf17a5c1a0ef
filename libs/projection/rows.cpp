#include "libs/projection/rows.hpp"

#include <charconv>

namespace waybill::projection {

const std::string& header(const messaging::Event& event, std::string_view name) {
  const auto found = event.headers.find(name);
  if (found == event.headers.end()) {
    throw std::invalid_argument{fmt::format("it has no header {}", name)};
  }
  return found->second;
}

std::int64_t version_of(const messaging::Event& event) {
  const std::string& text = header(event, "ce_version");
  std::int64_t version = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (failed != std::errc{} || end != text.data() + text.size() || version < 1) {
    throw std::invalid_argument{"its ce_version is no version"};
  }
  return version;
}

Id read_id(std::string_view text, const messaging::Event& event) {
  const auto id = Id::parse(text);
  if (!id) throw_unreadable(event);
  return *id;
}

Instant read_instant(std::string_view text, const messaging::Event& event) {
  const auto at = parse_rfc3339(text);
  if (!at) throw_unreadable(event);
  return *at;
}

Minor read_amount(std::string_view text, const messaging::Event& event) {
  const auto amount = parse_amount(text);
  if (!amount) throw_unreadable(event);
  return *amount;
}

void throw_unreadable(const messaging::Event& event) {
  const auto type = event.headers.find("ce_type");
  throw std::invalid_argument{fmt::format("it can't be read as {}",
                                          type == event.headers.end() ? "an event" : type->second)};
}

}  // namespace waybill::projection
