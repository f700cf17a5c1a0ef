#include "tools/waybill/events/mask.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace waybill::tool::events {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 7> personal{"email", "username", "login",   "street",
                                                   "city",  "state",    "zip_code"};
// Free text of a person, where it stands in one of these.
constexpr std::array<std::string_view, 2> free_text{"description", "text"};
constexpr std::array<std::string_view, 2> of_a_person{"user", "reason"};

// Personal only there: elsewhere it is the name of a product, the location that an ad is for.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> personal_of{
    {{"client", "location"}, {"document", "name"}, {"document", "file_name"}}};

bool is_personal_of(std::string_view parent, std::string_view name) {
  return std::find(personal_of.begin(), personal_of.end(), std::pair{parent, name}) !=
         personal_of.end();
}

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void mask_in(json::value& value, std::string_view parent) {
  if (value.is_array()) {
    for (json::value& element : value.get_array()) mask_in(element, parent);
  }
  if (!value.is_object()) return;
  for (auto& member : value.get_object()) {
    const std::string_view name{member.key().data(), member.key().size()};
    const bool hide = contains(personal, name) || is_personal_of(parent, name) ||
                      (contains(free_text, name) && contains(of_a_person, parent));
    if (hide && member.value().is_string()) {
      member.value() = "***";
    } else {
      mask_in(member.value(), name);
    }
  }
}

}  // namespace

void mask_personal(json::value& data) {
  mask_in(data, {});
}

}  // namespace waybill::tool::events
