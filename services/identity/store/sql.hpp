// All SQL of users and addresses. Parameters that are arrays are read with unnest: one statement
// for a whole batch; `= ANY` beside the join makes every plan look rows up by key. Lists of users,
// whose statements depend on what is asked for, are in list_sql.hpp; passwords, sessions and keys
// in auth_sql.hpp.
#pragma once

#include "libs/pg/pg.hpp"

namespace waybill::identity::sql {

// ---- users: the same columns in the same order everywhere, see store::read_user ----

// In id order, so that two batches can't wait for each other.
inline constexpr pg::Statement lock_users_by_ids{"lock_users_by_ids", R"(
  SELECT id, email, username, description, version, created_at, updated_at, deleted_at IS NOT NULL,
         array_to_string(roles, ' '), sessions_ended_at
    FROM user_account
   WHERE id = ANY($1::uuid[])
   ORDER BY id
     FOR NO KEY UPDATE)"};

inline constexpr pg::Statement find_user_by_id{"find_user_by_id", R"(
  SELECT id, email, username, description, version, created_at, updated_at, false,
         array_to_string(roles, ' '), sessions_ended_at
    FROM user_account
   WHERE id = $1::uuid AND deleted_at IS NULL)"};

// Who wants to use one of these names waits here for others who do; in one order for everybody.
inline constexpr pg::Statement lock_names{"lock_names", R"(
  SELECT pg_advisory_xact_lock(key)
    FROM (SELECT DISTINCT hashtextextended('name:' || lower(name), 0) AS key
            FROM unnest($1::text[]) AS wanted (name)
           ORDER BY key) AS keys)"};

// Each name with its folded form and who has it as his e-mail and as his username.
inline constexpr pg::Statement find_name_owners{"find_name_owners", R"(
  SELECT wanted.name, lower(wanted.name), by_email.id, by_username.id
    FROM unnest($1::text[]) AS wanted (name)
    LEFT JOIN user_account AS by_email ON lower(by_email.email) = lower(wanted.name)
    LEFT JOIN user_account AS by_username ON lower(by_username.username) = lower(wanted.name))"};

inline constexpr pg::Statement insert_users{"insert_users", R"(
  INSERT INTO user_account (id, email, username, description, version, created_at, roles)
  SELECT id, email, username, description, 1, created_at, string_to_array(roles, ' ')
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[])
         AS new (id, email, username, description, created_at, roles))"};

// Before names change hands within one batch: the unique indexes look at every row as it is
// written. An id is a name that nobody else can have.
inline constexpr pg::Statement free_names{"free_names", R"(
  UPDATE user_account SET email = id::text, username = id::text WHERE id = ANY($1::uuid[]))"};

inline constexpr pg::Statement update_users{"update_users", R"(
  UPDATE user_account
     SET email = new.email, username = new.username, description = new.description,
         version = new.version, updated_at = new.updated_at, deleted_at = new.deleted_at,
         roles = string_to_array(new.roles, ' '),
         password = CASE WHEN new.deleted_at IS NULL THEN password END
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[],
                $7::timestamptz[], $8::text[])
         AS new (id, email, username, description, version, updated_at, deleted_at, roles)
   WHERE user_account.id = new.id AND user_account.id = ANY ($1::uuid[]))"};

// ---- addresses: the same columns in the same order everywhere, see store::read_address ----

inline constexpr pg::Statement find_addresses_by_users{"find_addresses_by_users", R"(
  SELECT id, user_id, street, city, state, zip_code, country, is_primary, created_at, updated_at
    FROM address
   WHERE user_id = ANY($1::uuid[])
   ORDER BY user_id, created_at, id)"};

inline constexpr pg::Statement delete_addresses_of_users{"delete_addresses_of_users", R"(
  DELETE FROM address WHERE user_id = ANY($1::uuid[]))"};

inline constexpr pg::Statement insert_addresses{"insert_addresses", R"(
  INSERT INTO address (id, user_id, street, city, state, zip_code, country, is_primary, created_at,
                       updated_at)
  SELECT id, user_id, street, city, state, zip_code, country, is_primary, created_at, updated_at
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::boolean[], $9::timestamptz[], $10::timestamptz[])
         AS new (id, user_id, street, city, state, zip_code, country, is_primary, created_at,
                 updated_at))"};

inline constexpr pg::Statement find_address{"find_address", R"(
  SELECT address.id, user_id, street, city, state, zip_code, country, is_primary,
         address.created_at, address.updated_at, user_account.version
    FROM address
    JOIN user_account ON user_account.id = user_id
   WHERE user_id = $1::uuid AND address.id = $2::uuid)"};

// The primary one first, then the newest; $2, $3, $4 are where the page before ended, $5 how many.
inline constexpr pg::Statement list_addresses{"list_addresses", R"(
  SELECT id, user_id, street, city, state, zip_code, country, is_primary, created_at, updated_at
    FROM address
   WHERE user_id = $1::uuid
     AND (is_primary, created_at, id) < ($2::boolean, $3::timestamptz, $4::uuid)
   ORDER BY is_primary DESC, created_at DESC, id DESC
   LIMIT $5::bigint)"};

inline constexpr pg::Statement count_addresses{"count_addresses", R"(
  SELECT count(*) FROM address WHERE user_id = $1::uuid)"};

}  // namespace waybill::identity::sql
