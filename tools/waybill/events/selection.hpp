// Which events of which topics: the same for all verbs. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/core/clock.hpp"
#include "libs/messaging/message.hpp"
#include "tools/waybill/events/expression.hpp"

namespace waybill::tool::events {

// A place in a partition.
struct Position {
  enum class Kind { beginning, end, offset, time };
  Kind kind = Kind::beginning;
  std::int64_t offset = 0;
  Instant at{};

  bool operator==(const Position&) const = default;
};

// "beginning", "end", an offset ("1200"), a time ("2026-01-31T09:30:00Z"), a day ("2026-01-31", its
// midnight UTC) or how long ago ("90s", "15m", "2h", "7d").
std::optional<Position> parse_position(std::string_view text, Instant now);

struct Selection {
  std::vector<std::string> topics;
  std::optional<std::int32_t> partition;
  Position from;
  std::optional<Position> until;  // exclusive
  std::string key;
  std::string type;  // full name or the part behind the last dot
  std::string correlation;
  std::string where_text;
  std::optional<Expression> where;  // over the decoded payload
  std::optional<std::int64_t> limit;
};

// The platform's topics.
const std::vector<std::string>& known_topics();

// By time, key, type, correlation id and condition; a payload that can't be decoded meets none.
bool matches(const Selection& selection, const messaging::Event& event);
// At or behind `until`.
bool is_past(const Position& until, const messaging::Event& event);

// A header's text; empty when absent.
std::string header(const messaging::Event& event, std::string_view name);

}  // namespace waybill::tool::events
