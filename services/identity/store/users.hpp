// Users with their addresses in the database: sets in, sets out. Writes need a lock on the users
// (lock_users) and travel with the next read or the commit.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "libs/pg/pg.hpp"
#include "services/identity/domain/names.hpp"
#include "services/identity/domain/user.hpp"

namespace waybill::identity::store {

// The users of these ids with their addresses, deleted ones too, locked until the transaction ends.
// Repeated ids are fine.
domain::Users lock_users(pg::Tx& tx, std::vector<Id> ids);

// Who has these names. Others who want to use one wait until this transaction ends.
domain::Names lock_names(pg::Tx& tx, std::span<const std::string> names);

void insert_users(pg::Tx& tx, std::span<const domain::User> users);
// Without addresses. A deleted one loses his password.
void update_users(pg::Tx& tx, std::span<const domain::User> users);
// For batches in which names change hands; update_users must follow.
void free_names(pg::Tx& tx, const std::vector<Id>& ids);
// Makes the addresses of these users the ones that they have now.
void replace_addresses(pg::Tx& tx, std::span<const domain::User> users);

// "customer ops", as array_to_string gives it.
domain::Roles read_roles(std::string_view text);
domain::User read_user(const pg::Row& row);
domain::Address read_address(const pg::Row& row);

}  // namespace waybill::identity::store
