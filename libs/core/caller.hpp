// Who is asking: travels from the gateway to the services with each command and query.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libs/core/id.hpp"

namespace waybill {

enum class Role { nobody, customer, staff, ops };

struct Caller {
  std::optional<Id>
      user;  // the account; none for other systems and for unnamed callers in mode `open`
  Role role = Role::nobody;  // the highest one held

  bool is_staff() const { return role >= Role::staff; }
  bool is_ops() const { return role == Role::ops; }
  // May this caller see and change what belongs to `owner`?
  bool may_act_for(const Id& owner) const { return is_staff() || user == owner; }

  bool operator==(const Caller&) const = default;
};

// "customer 0190…", "ops -": the form of the message header `caller` and the HTTP header
// `Waybill-Caller`.
std::string to_header(const Caller& caller);
// What can't be read is nobody.
Caller parse_caller(std::string_view header);

}  // namespace waybill
