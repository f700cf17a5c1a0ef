// The roles of an account: `customer` always, `staff` and `ops` where given. In order, none twice.
#pragma once

#include <string>
#include <vector>

#include "libs/core/fault.hpp"
#include "libs/core/roles.hpp"

namespace waybill::identity::domain {

using Roles = std::vector<Role>;

inline const Roles only_customer{Role::customer};

// Any order, repetitions allowed; `customer` is added. 400 with the pointer /roles for a name that
// is none.
Result<Roles> read_roles(const std::vector<std::string>& names);

// "customer ops"
std::string to_text(const Roles& roles);

bool has(const Roles& roles, Role role);

}  // namespace waybill::identity::domain
