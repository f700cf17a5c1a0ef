#include "libs/core/roles.hpp"

#include <array>

namespace waybill {
namespace {

constexpr std::array<std::string_view, 4> kRoles{"nobody", "customer", "staff", "ops"};

}  // namespace

std::string_view to_string(Role role) {
  return kRoles[static_cast<std::size_t>(role)];
}

std::optional<Role> parse_role(std::string_view name) {
  for (const Role role : {Role::customer, Role::staff, Role::ops}) {
    if (name == to_string(role)) return role;
  }
  return std::nullopt;
}

}  // namespace waybill
