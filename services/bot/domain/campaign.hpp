// The properties of a campaign: their names in the contract, their words, how a value is read.
#pragma once

#include <optional>
#include <span>
#include <string>

#include <boost/json.hpp>

#include "services/bot/domain/texts.hpp"

namespace waybill::bot::domain {

enum class ValueKind { text, count, price, day, gender, age, location };

struct Property {
  std::string_view name;  // as in the contract
  Text words;
  ValueKind kind;
  std::size_t longest = 0;  // characters of a text
};

// All of a campaign in the order in which a new one is made; the last four are its targeting.
std::span<const Property> properties();
inline constexpr std::size_t kOwnProperties = 8;

// nullptr for an unknown name.
const Property* find_property(std::string_view name);
bool is_targeting(const Property& property);

// The value in a message; nullopt where it is none.
std::optional<boost::json::value> read_value(const Property& property, std::string_view text);
// What to say then.
Text want(const Property& property);

// "18-35", "18-", "-35", "-" for any: the two ages, null where open. nullopt for another form.
struct Ages {
  boost::json::value from, to;
};
std::optional<Ages> read_ages(std::string_view text);

// For people, escaped; "any" for null.
std::string show_value(const boost::json::value* value, Language language);
std::string show_gender(const boost::json::value* value, Language language);
std::string show_ages(const boost::json::object& targeting, Language language);

}  // namespace waybill::bot::domain
