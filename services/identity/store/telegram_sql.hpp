// The SQL of Telegram links and their codes.
#pragma once

#include "libs/pg/pg.hpp"

namespace waybill::identity::sql {

// Two commands of one Telegram user: one after the other.
inline constexpr pg::Statement lock_telegram_user{"lock_telegram_user", R"(
  SELECT pg_advisory_xact_lock(hashtextextended('telegram:' || $1::bigint, 0)))"};

// How often he has tried since his count began, which is not before $3.
inline constexpr pg::Statement count_link_try{"count_link_try", R"(
  INSERT INTO link_tries AS old (telegram_user_id, since, tries)
  VALUES ($1::bigint, $2::timestamptz, 1)
      ON CONFLICT ON CONSTRAINT link_tries_pk DO UPDATE
     SET tries = CASE WHEN old.since < $3::timestamptz THEN 1 ELSE old.tries + 1 END,
         since = CASE WHEN old.since < $3::timestamptz THEN excluded.since ELSE old.since END
  RETURNING tries)"};

inline constexpr pg::Statement put_link_code{"put_link_code", R"(
  INSERT INTO link_codes (code_sha256, user_id, expires_at)
  VALUES ($1::bytea, $2::uuid, $3::timestamptz)
      ON CONFLICT ON CONSTRAINT link_codes_user DO UPDATE
     SET code_sha256 = excluded.code_sha256, expires_at = excluded.expires_at)"};

// A code is good once.
inline constexpr pg::Statement take_link_code{"take_link_code", R"(
  DELETE FROM link_codes WHERE code_sha256 = $1::bytea RETURNING user_id, expires_at)"};

inline constexpr pg::Statement find_link_of_user{"find_link_of_user", R"(
  SELECT telegram_user_id, username, linked_at FROM telegram_links WHERE user_id = $1::uuid)"};

inline constexpr pg::Statement find_account_of_telegram_user{"find_account_of_telegram_user", R"(
  SELECT telegram_links.user_id, user_account.username
    FROM telegram_links JOIN user_account ON user_account.id = telegram_links.user_id
   WHERE telegram_user_id = $1::bigint AND deleted_at IS NULL)"};

inline constexpr pg::Statement delete_links{"delete_links", R"(
  DELETE FROM telegram_links WHERE user_id = $1::uuid OR telegram_user_id = $2::bigint)"};

inline constexpr pg::Statement insert_link{"insert_link", R"(
  INSERT INTO telegram_links (user_id, telegram_user_id, username, linked_at)
  VALUES ($1::uuid, $2::bigint, $3::text, $4::timestamptz))"};

inline constexpr pg::Statement delete_links_of_users{"delete_links_of_users", R"(
  DELETE FROM telegram_links WHERE user_id = ANY ($1::uuid[]))"};

inline constexpr pg::Statement delete_link_codes_of_users{"delete_link_codes_of_users", R"(
  DELETE FROM link_codes WHERE user_id = ANY ($1::uuid[]))"};

inline constexpr pg::Statement delete_expired_link_codes{"delete_expired_link_codes", R"(
  DELETE FROM link_codes WHERE code_sha256 = ANY (ARRAY(
    SELECT code_sha256 FROM link_codes WHERE expires_at < $1::timestamptz ORDER BY expires_at
     LIMIT $2::bigint FOR UPDATE SKIP LOCKED)))"};

inline constexpr pg::Statement delete_old_link_tries{"delete_old_link_tries", R"(
  DELETE FROM link_tries WHERE telegram_user_id = ANY (ARRAY(
    SELECT telegram_user_id FROM link_tries WHERE since < $1::timestamptz ORDER BY since
     LIMIT $2::bigint FOR UPDATE SKIP LOCKED)))"};

}  // namespace waybill::identity::sql
