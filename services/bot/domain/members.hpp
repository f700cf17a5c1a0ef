// Members of JSON objects that may be absent or of another kind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace waybill::bot::domain {

// nullptr where there is none. Objects have an overload of their own: one that became a value would
// be a copy, and what is found in it would be gone.
inline const boost::json::value* member(const boost::json::object& json, std::string_view name) {
  return json.if_contains(name);
}
inline const boost::json::value* member(const boost::json::value& json, std::string_view name) {
  const auto* object = json.if_object();
  return object ? object->if_contains(name) : nullptr;
}

// An empty one where there is none.
template <class Json>
const boost::json::object& object_at(const Json& json, std::string_view name) {
  static const boost::json::object none;
  const auto* found = member(json, name);
  return found && found->is_object() ? found->get_object() : none;
}

inline const boost::json::array& array_of(const boost::json::value* value) {
  static const boost::json::array none;
  return value && value->is_array() ? value->get_array() : none;
}

// Empty, 0 where there is none.
template <class Json>
std::string text_at(const Json& json, std::string_view name) {
  const auto* found = member(json, name);
  const auto* text = found ? found->if_string() : nullptr;
  return text ? std::string{*text} : std::string{};
}

template <class Json>
std::int64_t integer_at(const Json& json, std::string_view name) {
  const auto* found = member(json, name);
  const auto* number = found ? found->if_int64() : nullptr;
  return number ? *number : 0;
}

template <class Json>
double number_at(const Json& json, std::string_view name) {
  const auto* found = member(json, name);
  return found && found->is_number() ? found->template to_number<double>() : 0;
}

}  // namespace waybill::bot::domain
