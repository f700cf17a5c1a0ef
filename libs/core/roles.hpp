// The names of roles, as tokens, headers, databases and representations have them.
#pragma once

#include <optional>
#include <string_view>

#include "libs/core/caller.hpp"

namespace waybill {

// "customer"
std::string_view to_string(Role role);
// nullopt for what is none of customer, staff, ops: nobody has the role of nobody.
std::optional<Role> parse_role(std::string_view name);

}  // namespace waybill
