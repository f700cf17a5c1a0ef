// Who may call what: the rules of x-access that hold before anybody is asked for the object.
#pragma once

#include <optional>
#include <string_view>

#include "services/gateway/edge/call.hpp"

namespace waybill::gateway {

// Why the caller may not; nullopt when he may, as far as the path tells.
std::optional<Fault> refuse_access(const Call& call);

// The second half of x-access: owner, for objects that say whose they are. `owner` is a user id;
// an object without an owner is for staff only.
bool may_see(const Call& call, std::string_view owner);

// The same words for an object that is somebody else's and for one that does not exist.
Fault absent();

}  // namespace waybill::gateway
