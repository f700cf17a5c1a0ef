// Members of a call's parameters, which come as JSON, as a form or in the query.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace waybill::local_telegram {

// "" where there is no text of that name.
inline std::string text_at(const boost::json::object& object, std::string_view name) {
  const boost::json::value* found = object.if_contains(name);
  const boost::json::string* text = found ? found->if_string() : nullptr;
  return text ? std::string{*text} : std::string{};
}

// 0 where there is no number of that name. Numbers may come as text: a form has nothing else.
inline std::int64_t integer_at(const boost::json::object& object, std::string_view name) {
  const boost::json::value* found = object.if_contains(name);
  if (!found) return 0;
  if (const boost::json::string* text = found->if_string()) return std::atoll(text->c_str());
  return found->is_number() ? found->to_number<std::int64_t>() : 0;
}

}  // namespace waybill::local_telegram
