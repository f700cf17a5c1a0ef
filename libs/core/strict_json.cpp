#include "libs/core/strict_json.hpp"

#include <cmath>

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

namespace waybill {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostLevels = 32;

// Finds the first member that stands twice in one object. Boost.JSON keeps the last one silently:
// what one reader took for the quantity, the next one would not see.
struct DuplicateFinder {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  std::vector<std::set<std::string, std::less<>>> objects;
  std::string key;
  std::optional<std::string> duplicate;

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    objects.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    objects.pop_back();
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    key.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    key.append(part.data(), part.size());
    if (!objects.back().insert(key).second && !duplicate) duplicate = key;
    key.clear();
    return true;
  }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_double(double, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

std::optional<std::string> find_duplicate(std::string_view text) {
  json::basic_parser<DuplicateFinder> parser{json::parse_options{}};
  json::error_code error;
  parser.write_some(false, text.data(), text.size(), error);
  return parser.handler().duplicate;
}

// What a look at the finished value finds: how many members it has, and numbers out of range.
struct Census {
  std::size_t members = 0;
  bool finite = true;

  void take(const json::value& value) {
    if (const auto* object = value.if_object()) {
      members += object->size();
      for (const auto& member : *object) take(member.value());
    } else if (const auto* array = value.if_array()) {
      for (const auto& element : *array) take(element);
    } else if (const auto* number = value.if_double()) {
      finite = finite && std::isfinite(*number);
    }
  }
};

// An upper bound of the members in the text that costs one pass over the bytes. Colons in strings
// count too, which only means a closer look.
std::size_t count_colons(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), ':'));
}

Fault malformed(std::string detail) {
  return {FaultKind::invalid, "malformed-json", std::move(detail), {}};
}

}  // namespace

Result<json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMostLevels;
  json::parser parser{{}, options};
  parser.reset(json::make_shared_resource<json::monotonic_resource>());
  json::error_code error;
  const std::size_t used = parser.write_some(text.data(), text.size(), error);
  if (error) {
    return malformed(
        fmt::format("The body is no valid JSON ({} at byte {}).",
                    error == json::error::too_deep ? "nested too deep" : error.message(), used));
  }
  if (text.find_first_not_of(" \t\r\n", used) != std::string_view::npos) {
    return malformed(fmt::format("The JSON ends at byte {}, but more follows.", used));
  }
  json::value value = parser.release();
  Census census;
  census.take(value);
  if (!census.finite) return malformed("The body has a number that is out of range.");
  if (census.members != count_colons(text)) {
    if (const auto name = find_duplicate(text)) {
      return malformed(fmt::format("The member \"{}\" stands twice in one object.", *name));
    }
  }
  return value;
}

}  // namespace waybill
