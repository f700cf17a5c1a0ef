// Lists of users and addresses: one page by keyset, so that rows that come in between move nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/pg/pg.hpp"
#include "libs/runtime/queries.hpp"
#include "services/identity/domain/user.hpp"
#include "services/identity/store/list_sql.hpp"

namespace waybill::identity::store {

struct UserFilter {
  std::optional<std::string> email;  // exact, any case
  std::optional<std::string> username;
  std::optional<Role> role;
};

struct UserSort {
  sql::SortKey key = sql::SortKey::created_at;
  bool descending = true;
};

std::optional<domain::User> find_user(pg::Session& session, const Id& id);

// What a cursor after this user has to carry.
runtime::Cursor cursor_after(const domain::User& user, const UserSort& sort);

// Up to `most` users after the cursor, without addresses. nullopt when the cursor's key is not one
// of this sort.
std::optional<std::vector<domain::User>> list_users(pg::Session& session, const UserFilter& filter,
                                                    const UserSort& sort,
                                                    const std::optional<runtime::Cursor>& after,
                                                    std::int64_t most);
std::int64_t count_users(pg::Session& session, const UserFilter& filter);

// An address with the version of the user whose part it is.
struct FoundAddress {
  domain::Address address;
  std::int64_t user_version = 0;
};
std::optional<FoundAddress> find_address(pg::Session& session, const Id& user_id,
                                         const Id& address_id);

// The primary one first, then the newest.
runtime::Cursor cursor_after(const domain::Address& address);
std::optional<std::vector<domain::Address>> list_addresses(
    pg::Session& session, const Id& user_id, const std::optional<runtime::Cursor>& after,
    std::int64_t most);
std::int64_t count_addresses(pg::Session& session, const Id& user_id);

}  // namespace waybill::identity::store
