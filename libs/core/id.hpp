// UUIDs as values. Everything in Waybill is named by one.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace waybill {

struct Id {
  std::array<std::uint8_t, 16> bytes{};

  // Accepts the 36-character form in either case, nothing else.
  static std::optional<Id> parse(std::string_view text);
  // Lower case, with dashes.
  std::string to_string() const;

  auto operator<=>(const Id&) const = default;
};

// A new UUIDv7 (RFC 9562 section 5.7): sorts by time of creation, also within one millisecond of
// one process. Thread-safe.
Id new_id();

// The UUIDv5 (RFC 9562 section 5.5) of a name: the same inputs always give the same id.
Id derive_id(const Id& name_space, std::string_view name);

}  // namespace waybill

template <>
struct std::hash<waybill::Id> {
  std::size_t operator()(const waybill::Id& id) const noexcept;
};
