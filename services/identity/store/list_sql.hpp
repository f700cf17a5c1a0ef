// The statements behind lists of users. Each combination of filters and sort has a statement of its
// own, so that it is planned for itself; all are made of the pieces below, values are parameters.
#pragma once

#include <optional>

#include "libs/core/roles.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::identity::sql {

enum class SortKey { created_at, email };

// What a list is asked for. Parameters are numbered in this order, leaving out what is absent:
// email, username, then (for pages) sort key and id of the cursor, limit.
struct ListShape {
  bool by_email = false;
  bool by_username = false;
  std::optional<Role> by_role;  // no parameter: each has an index of its own
  bool after_cursor = false;
  SortKey sort = SortKey::created_at;
  bool descending = true;
};

// Valid for ever. Thread-safe.
const pg::Statement& list_users(const ListShape& shape);
// Counts all that match; sort and cursor don't matter.
const pg::Statement& count_users(const ListShape& shape);

// ---- the pieces ----

inline constexpr const char* select_users = R"(
  SELECT id, email, username, description, version, created_at, updated_at, false,
         array_to_string(roles, ' '), sessions_ended_at
    FROM user_account
   WHERE deleted_at IS NULL)";
inline constexpr const char* select_count = R"(
  SELECT count(*)
    FROM user_account
   WHERE deleted_at IS NULL)";

inline constexpr const char* filter_email = "lower(email) = lower(${}::text)";
inline constexpr const char* filter_role = "'{}' = ANY (roles)";
inline constexpr const char* filter_username = "lower(username) = lower(${}::text)";

inline constexpr const char* after_created_at = "(created_at, id) {} (${}::timestamptz, ${}::uuid)";
inline constexpr const char* after_email = "(lower(email), id) {} (lower(${}::text), ${}::uuid)";

inline constexpr const char* key_created_at = "created_at";
inline constexpr const char* key_email = "lower(email)";

}  // namespace waybill::identity::sql
