#include "tools/waybill/events/selection.hpp"

#include <charconv>

#include "tools/waybill/events/print.hpp"

namespace waybill::tool::events {
namespace {

std::optional<std::int64_t> parse_number(std::string_view digits) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failed != std::errc{} || end != digits.data() + digits.size() || value < 0)
    return std::nullopt;
  return value;
}

std::optional<seconds> parse_ago(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const auto amount = parse_number(text.substr(0, text.size() - 1));
  if (!amount || *amount > 1'000'000'000) return std::nullopt;
  switch (text.back()) {
    case 's':
      return seconds{*amount};
    case 'm':
      return seconds{*amount * 60};
    case 'h':
      return seconds{*amount * 3600};
    case 'd':
      return seconds{*amount * 86400};
    default:
      return std::nullopt;
  }
}

std::optional<Instant> parse_time(std::string_view text) {
  if (const auto at = parse_rfc3339(text)) return at;
  return parse_rfc3339(std::string{text} + "T00:00:00Z");
}

bool is_type(const std::string& full_name, const std::string& wanted) {
  return full_name == wanted || full_name.ends_with("." + wanted);
}

// Producers' clocks differ, so times need not rise with offsets.
bool matches_time(const Selection& selection, const messaging::Event& event) {
  const Position& from = selection.from;
  if (from.kind == Position::Kind::time && event.timestamp_ms < to_unix_millis(from.at)) {
    return false;
  }
  return !selection.until || selection.until->kind != Position::Kind::time ||
         event.timestamp_ms < to_unix_millis(selection.until->at);
}

}  // namespace

std::optional<Position> parse_position(std::string_view text, Instant now) {
  if (text == "beginning") return Position{Position::Kind::beginning};
  if (text == "end") return Position{Position::Kind::end};
  if (const auto offset = parse_number(text)) return Position{Position::Kind::offset, *offset};
  if (const auto ago = parse_ago(text)) return Position{Position::Kind::time, 0, now - *ago};
  if (const auto at = parse_time(text)) return Position{Position::Kind::time, 0, *at};
  return std::nullopt;
}

std::string header(const messaging::Event& event, std::string_view name) {
  const auto found = event.headers.find(name);
  return found == event.headers.end() ? std::string{} : found->second;
}

const std::vector<std::string>& known_topics() {
  static const std::vector<std::string> topics{"waybill.users",   "waybill.products",
                                               "waybill.orders",  "waybill.files",
                                               "waybill.adverts", "waybill.reports"};
  return topics;
}

bool matches(const Selection& selection, const messaging::Event& event) {
  if (!matches_time(selection, event)) return false;
  if (!selection.key.empty() && event.key != selection.key) return false;
  if (!selection.type.empty() && !is_type(header(event, "ce_type"), selection.type)) return false;
  if (!selection.correlation.empty() &&
      header(event, "ce_correlationid") != selection.correlation) {
    return false;
  }
  if (!selection.where) return true;
  const auto data = decode(event);
  return data && selection.where->matches(*data);
}

bool is_past(const Position& until, const messaging::Event& event) {
  switch (until.kind) {
    case Position::Kind::beginning:
      return true;
    case Position::Kind::end:
      return false;
    case Position::Kind::offset:
      return event.offset >= until.offset;
    case Position::Kind::time:
      return event.timestamp_ms >= to_unix_millis(until.at);
  }
  return false;
}

}  // namespace waybill::tool::events
