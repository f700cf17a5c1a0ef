// A user with his addresses: one aggregate, one version for all of it. Pure: value in, value out.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "libs/core/caller.hpp"
#include "libs/core/clock.hpp"
#include "libs/core/fault.hpp"
#include "libs/core/id.hpp"
#include "services/identity/domain/roles.hpp"

namespace waybill::identity::domain {

inline constexpr std::size_t most_addresses = 50;

struct Address {
  Id id;
  Id user_id;
  std::string street;
  std::string city;
  std::string state;
  std::string zip_code;
  std::string country;
  bool is_primary = false;
  Instant created_at;
  std::optional<Instant> updated_at;

  bool operator==(const Address&) const = default;
};

struct User {
  Id id;
  std::string email;  // as typed; compared in lower case
  std::string username;
  std::optional<std::string> description;
  Roles roles = only_customer;
  std::int64_t version = 1;
  Instant created_at;
  std::optional<Instant> updated_at;
  bool deleted = false;
  // No access token that was issued until then is good any more.
  std::optional<Instant> sessions_ended_at;
  std::vector<Address> addresses;  // at most one of them primary

  bool operator==(const User&) const = default;
};

// The users of one batch of commands, by id.
using Users = std::unordered_map<Id, User>;

// Merge patches: a member that is not engaged keeps its value; an engaged empty optional clears it.
struct UserPatch {
  std::optional<std::string> email;
  std::optional<std::string> username;
  std::optional<std::optional<std::string>> description;
};
struct AddressPatch {
  std::optional<std::string> street;
  std::optional<std::string> city;
  std::optional<std::string> state;
  std::optional<std::string> zip_code;
  std::optional<std::string> country;
  std::optional<bool> is_primary;
};

// 404 for absent and deleted users, and for callers who may not act for them: they can't tell the
// difference. 412 for a version that is not the present one.
Result<void> check_access(const User* user, const Caller& caller,
                          std::optional<std::int64_t> expected_version);

// These give the user as he is afterwards, version raised when anything differs.
User patched(User user, const UserPatch& patch, Instant at);
// Everything that tells who he was is gone.
User deleted(User user, Instant at);
User with_roles(User user, Roles roles, Instant at);
// 409 limit-reached.
Result<User> with_address(User user, Address address, Instant at);
// 404 without such an address.
Result<User> with_changed_address(User user, const Id& address_id, const AddressPatch& patch,
                                  Instant at);
Result<User> without_address(User user, const Id& address_id, Instant at);

// nullptr without such an address.
const Address* find_address(const User& user, const Id& address_id);

}  // namespace waybill::identity::domain
