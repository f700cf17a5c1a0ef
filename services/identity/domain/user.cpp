#include "services/identity/domain/user.hpp"

#include <algorithm>
#include <utility>

namespace waybill::identity::domain {
namespace {

User raised(User user, Instant at) {
  ++user.version;
  user.updated_at = at;
  return user;
}

auto place_of(User& user, const Id& address_id) {
  return std::find_if(user.addresses.begin(), user.addresses.end(),
                      [&](const Address& address) { return address.id == address_id; });
}

// Takes the mark from every address but this one.
void keep_primary(User& user, const Id& address_id, Instant at) {
  for (Address& address : user.addresses) {
    if (!address.is_primary || address.id == address_id) continue;
    address.is_primary = false;
    address.updated_at = at;
  }
}

Fault no_such_address() {
  return not_found("There is no such address.");
}

Address patched(Address address, const AddressPatch& patch) {
  if (patch.street) address.street = *patch.street;
  if (patch.city) address.city = *patch.city;
  if (patch.state) address.state = *patch.state;
  if (patch.zip_code) address.zip_code = *patch.zip_code;
  if (patch.country) address.country = *patch.country;
  if (patch.is_primary) address.is_primary = *patch.is_primary;
  return address;
}

}  // namespace

Result<void> check_access(const User* user, const Caller& caller,
                          std::optional<std::int64_t> expected_version) {
  if (!user || user->deleted || !caller.may_act_for(user->id)) {
    return not_found("There is no such user.");
  }
  if (expected_version && *expected_version != user->version) return stale();
  return {};
}

User patched(User user, const UserPatch& patch, Instant at) {
  const User before = user;
  if (patch.email) user.email = *patch.email;
  if (patch.username) user.username = *patch.username;
  if (patch.description) user.description = *patch.description;
  return user == before ? user : raised(std::move(user), at);
}

User deleted(User user, Instant at) {
  user.email.clear();
  user.username.clear();
  user.description.reset();
  user.addresses.clear();
  user.roles = only_customer;
  user.deleted = true;
  return raised(std::move(user), at);
}

User with_roles(User user, Roles roles, Instant at) {
  if (user.roles == roles) return user;
  user.roles = std::move(roles);
  return raised(std::move(user), at);
}

Result<User> with_address(User user, Address address, Instant at) {
  if (user.addresses.size() >= most_addresses) {
    return conflict("limit-reached", "A user has at most 50 addresses.");
  }
  if (address.is_primary) keep_primary(user, address.id, at);
  user.addresses.push_back(std::move(address));
  return raised(std::move(user), at);
}

Result<User> with_changed_address(User user, const Id& address_id, const AddressPatch& patch,
                                  Instant at) {
  const auto place = place_of(user, address_id);
  if (place == user.addresses.end()) return no_such_address();
  Address changed = patched(*place, patch);
  if (changed == *place) return user;
  changed.updated_at = at;
  *place = std::move(changed);
  if (place->is_primary) keep_primary(user, address_id, at);
  return raised(std::move(user), at);
}

Result<User> without_address(User user, const Id& address_id, Instant at) {
  const auto place = place_of(user, address_id);
  if (place == user.addresses.end()) return no_such_address();
  user.addresses.erase(place);
  return raised(std::move(user), at);
}

const Address* find_address(const User& user, const Id& address_id) {
  for (const Address& address : user.addresses) {
    if (address.id == address_id) return &address;
  }
  return nullptr;
}

}  // namespace waybill::identity::domain
