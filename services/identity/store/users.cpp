#include "services/identity/store/users.hpp"

#include <algorithm>

#include "services/identity/store/sql.hpp"

namespace waybill::identity::store {
namespace {

pg::Array to_array(std::span<const Id> ids) {
  pg::Array array;
  array.reserve(ids.size());
  for (const Id& id : ids) array.add(id);
  return array;
}

// A deleted user has no names.
pg::Param name_of(const domain::User& user, const std::string& name) {
  return user.deleted ? pg::Param{std::nullopt} : pg::Param{name};
}

void insert_addresses(pg::Tx& tx, std::span<const domain::User> users) {
  pg::Array ids, owners, streets, cities, states, zips, countries, primaries, created, updated;
  for (const domain::User& user : users) {
    for (const domain::Address& address : user.addresses) {
      ids.add(address.id);
      owners.add(address.user_id);
      streets.add(address.street);
      cities.add(address.city);
      states.add(address.state);
      zips.add(address.zip_code);
      countries.add(address.country);
      primaries.add(address.is_primary);
      created.add(address.created_at);
      updated.add(address.updated_at);
    }
  }
  if (ids.size() == 0) return;
  tx.later(sql::insert_addresses, ids, owners, streets, cities, states, zips, countries, primaries,
           created, updated);
}

}  // namespace

domain::Roles read_roles(std::string_view text) {
  domain::Roles roles;
  for (const Role role : {Role::customer, Role::staff, Role::ops}) {
    if (text.find(to_string(role)) != std::string_view::npos) roles.push_back(role);
  }
  return roles;
}

domain::User read_user(const pg::Row& row) {
  return {.id = row.id(0),
          .email = std::string{row.text(1)},
          .username = std::string{row.text(2)},
          .description = row.maybe_text(3),
          .roles = read_roles(row.text(8)),
          .version = row.integer(4),
          .created_at = row.instant(5),
          .updated_at = row.maybe_instant(6),
          .deleted = row.boolean(7),
          .sessions_ended_at = row.maybe_instant(9),
          .addresses = {}};
}

domain::Address read_address(const pg::Row& row) {
  return {.id = row.id(0),
          .user_id = row.id(1),
          .street = std::string{row.text(2)},
          .city = std::string{row.text(3)},
          .state = std::string{row.text(4)},
          .zip_code = std::string{row.text(5)},
          .country = std::string{row.text(6)},
          .is_primary = row.boolean(7),
          .created_at = row.instant(8),
          .updated_at = row.maybe_instant(9)};
}

domain::Users lock_users(pg::Tx& tx, std::vector<Id> ids) {
  domain::Users users;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  const pg::Array wanted = to_array(ids);
  const pg::Rows rows = tx.exec(sql::lock_users_by_ids, wanted);
  for (const pg::Row row : rows) users.emplace(row.id(0), read_user(row));
  const pg::Rows addresses = tx.exec(sql::find_addresses_by_users, wanted);
  for (const pg::Row row : addresses) users.at(row.id(1)).addresses.push_back(read_address(row));
  return users;
}

domain::Names lock_names(pg::Tx& tx, std::span<const std::string> names) {
  domain::Names known;
  if (names.empty()) return known;
  pg::Array wanted;
  for (const std::string& name : names) wanted.add(name);
  tx.later(sql::lock_names, wanted);
  const pg::Rows rows = tx.exec(sql::find_name_owners, wanted);
  for (const pg::Row row : rows) {
    known.learn(std::string{row.text(0)}, std::string{row.text(1)}, row.maybe_id(2),
                row.maybe_id(3));
  }
  return known;
}

void insert_users(pg::Tx& tx, std::span<const domain::User> users) {
  if (users.empty()) return;
  pg::Array ids, emails, usernames, descriptions, created, roles;
  for (const domain::User& user : users) {
    ids.add(user.id);
    emails.add(user.email);
    usernames.add(user.username);
    descriptions.add(user.description);
    created.add(user.created_at);
    roles.add(domain::to_text(user.roles));
  }
  tx.later(sql::insert_users, ids, emails, usernames, descriptions, created, roles);
}

void update_users(pg::Tx& tx, std::span<const domain::User> users) {
  if (users.empty()) return;
  pg::Array ids, emails, usernames, descriptions, versions, updated, gone, roles;
  for (const domain::User& user : users) {
    ids.add(user.id);
    emails.add(name_of(user, user.email));
    usernames.add(name_of(user, user.username));
    descriptions.add(user.description);
    versions.add(user.version);
    updated.add(user.updated_at);
    gone.add(user.deleted ? user.updated_at : std::nullopt);
    roles.add(domain::to_text(user.roles));
  }
  tx.later(sql::update_users, ids, emails, usernames, descriptions, versions, updated, gone, roles);
}

void free_names(pg::Tx& tx, const std::vector<Id>& ids) {
  if (!ids.empty()) tx.later(sql::free_names, to_array(ids));
}

void replace_addresses(pg::Tx& tx, std::span<const domain::User> users) {
  if (users.empty()) return;
  pg::Array ids;
  for (const domain::User& user : users) ids.add(user.id);
  tx.later(sql::delete_addresses_of_users, ids);
  insert_addresses(tx, users);
}

}  // namespace waybill::identity::store
