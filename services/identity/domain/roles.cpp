#include "services/identity/domain/roles.hpp"

#include <algorithm>

#include "services/identity/domain/faults.hpp"

namespace waybill::identity::domain {

Result<Roles> read_roles(const std::vector<std::string>& names) {
  Roles roles = only_customer;
  for (const std::string& name : names) {
    const auto role = parse_role(name);
    if (!role) return invalid_member("/roles", "must be customer, staff and ops only");
    if (!has(roles, *role)) roles.push_back(*role);
  }
  std::sort(roles.begin(), roles.end());
  return roles;
}

std::string to_text(const Roles& roles) {
  std::string text;
  for (const Role role : roles) {
    if (!text.empty()) text += ' ';
    text += to_string(role);
  }
  return text;
}

bool has(const Roles& roles, Role role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

}  // namespace waybill::identity::domain
