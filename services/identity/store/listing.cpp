#include "services/identity/store/listing.hpp"

#include <charconv>

#include "services/identity/store/sql.hpp"
#include "services/identity/store/users.hpp"

namespace waybill::identity::store {
namespace {

sql::ListShape shape_of(const UserFilter& filter) {
  sql::ListShape shape;
  shape.by_email = filter.email.has_value();
  shape.by_username = filter.username.has_value();
  shape.by_role = filter.role;
  return shape;
}

std::vector<pg::Param> params_of(const UserFilter& filter) {
  std::vector<pg::Param> params;
  if (filter.email) params.emplace_back(*filter.email);
  if (filter.username) params.emplace_back(*filter.username);
  return params;
}

std::optional<Instant> read_instant(std::string_view micros) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(micros.data(), micros.data() + micros.size(), value);
  if (error != std::errc{} || end != micros.data() + micros.size()) return std::nullopt;
  return from_unix_micros(value);
}

// The cursor's key as the parameter that the sort wants.
std::optional<pg::Param> read_key(const runtime::Cursor& cursor, sql::SortKey sort) {
  if (sort == sql::SortKey::email) return pg::Param{cursor.sort_key};
  const auto at = read_instant(cursor.sort_key);
  if (!at) return std::nullopt;
  return pg::Param{*at};
}

// Where a page of addresses begins: below this.
struct AddressPlace {
  bool is_primary = true;
  pg::Param created_at = "infinity";
  Id id{};
};

// "1…" for the primary address, "0…" for another, followed by the time it was added.
std::optional<AddressPlace> read_place(const std::optional<runtime::Cursor>& after) {
  if (!after) return AddressPlace{};
  const std::string_view key = after->sort_key;
  if (key.empty()) return std::nullopt;
  const auto at = read_instant(key.substr(1));
  if (!at) return std::nullopt;
  return AddressPlace{key.front() == '1', *at, after->id};
}

}  // namespace

std::optional<domain::User> find_user(pg::Session& session, const Id& id) {
  const pg::Rows rows = session.exec(sql::find_user_by_id, id);
  if (rows.empty()) return std::nullopt;
  return read_user(rows[0]);
}

runtime::Cursor cursor_after(const domain::User& user, const UserSort& sort) {
  if (sort.key == sql::SortKey::email) return {user.email, user.id};
  return {std::to_string(to_unix_micros(user.created_at)), user.id};
}

std::optional<std::vector<domain::User>> list_users(pg::Session& session, const UserFilter& filter,
                                                    const UserSort& sort,
                                                    const std::optional<runtime::Cursor>& after,
                                                    std::int64_t most) {
  sql::ListShape shape = shape_of(filter);
  shape.sort = sort.key;
  shape.descending = sort.descending;
  shape.after_cursor = after.has_value();
  std::vector<pg::Param> params = params_of(filter);
  if (after) {
    const auto key = read_key(*after, sort.key);
    if (!key) return std::nullopt;
    params.push_back(*key);
    params.emplace_back(after->id);
  }
  params.emplace_back(most);
  const pg::Rows rows = session.run(sql::list_users(shape), params);
  std::vector<domain::User> users;
  for (const pg::Row row : rows) users.push_back(read_user(row));
  return users;
}

std::int64_t count_users(pg::Session& session, const UserFilter& filter) {
  const pg::Rows rows = session.run(sql::count_users(shape_of(filter)), params_of(filter));
  return rows[0].integer(0);
}

std::optional<FoundAddress> find_address(pg::Session& session, const Id& user_id,
                                         const Id& address_id) {
  const pg::Rows rows = session.exec(sql::find_address, user_id, address_id);
  if (rows.empty()) return std::nullopt;
  return FoundAddress{read_address(rows[0]), rows[0].integer(10)};
}

runtime::Cursor cursor_after(const domain::Address& address) {
  const std::string mark = address.is_primary ? "1" : "0";
  return {mark + std::to_string(to_unix_micros(address.created_at)), address.id};
}

std::optional<std::vector<domain::Address>> list_addresses(
    pg::Session& session, const Id& user_id, const std::optional<runtime::Cursor>& after,
    std::int64_t most) {
  const auto place = read_place(after);
  if (!place) return std::nullopt;
  const pg::Rows rows = session.exec(sql::list_addresses, user_id, place->is_primary,
                                     place->created_at, place->id, most);
  std::vector<domain::Address> addresses;
  for (const pg::Row row : rows) addresses.push_back(read_address(row));
  return addresses;
}

std::int64_t count_addresses(pg::Session& session, const Id& user_id) {
  const pg::Rows rows = session.exec(sql::count_addresses, user_id);
  return rows[0].integer(0);
}

}  // namespace waybill::identity::store
