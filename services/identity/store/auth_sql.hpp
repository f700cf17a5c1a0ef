// The SQL of passwords, sessions and signing keys.
#pragma once

#include "libs/pg/pg.hpp"

namespace waybill::identity::sql {

// ---- passwords ----

// Whoever has the name as his e-mail or as his username; a username with an @ is the own e-mail, so
// there is at most one.
inline constexpr pg::Statement find_credentials_by_name{"find_credentials_by_name", R"(
  SELECT id, password FROM user_account WHERE lower(email) = lower($1::text)
   UNION
  SELECT id, password FROM user_account WHERE lower(username) = lower($1::text)
   LIMIT 1)"};

inline constexpr pg::Statement find_credentials_by_id{"find_credentials_by_id", R"(
  SELECT id, password, email, username FROM user_account
   WHERE id = $1::uuid AND deleted_at IS NULL)"};

// Nothing when the password is another one by now.
inline constexpr pg::Statement lock_user_with_password{"lock_user_with_password", R"(
  SELECT array_to_string(roles, ' '), sessions_ended_at
    FROM user_account
   WHERE id = $1::uuid AND password = $2::text
     FOR NO KEY UPDATE)"};

inline constexpr pg::Statement set_password{"set_password", R"(
  UPDATE user_account SET password = $2::text WHERE id = $1::uuid)"};

// ---- roles ----

// Who takes the ops role from somebody waits here for others who do.
inline constexpr pg::Statement lock_ops{"lock_ops", R"(
  SELECT pg_advisory_xact_lock(hashtextextended('ops accounts', 0)))"};

inline constexpr pg::Statement count_ops{"count_ops", R"(
  SELECT count(*) FROM user_account WHERE deleted_at IS NULL AND 'ops' = ANY (roles))"};

// ---- sessions ----

inline constexpr pg::Statement insert_session{"insert_session", R"(
  INSERT INTO session (id, user_id, started_at, expires_at)
  VALUES ($1::uuid, $2::uuid, $3::timestamptz, $4::timestamptz))"};

inline constexpr pg::Statement insert_refresh_token{"insert_refresh_token", R"(
  INSERT INTO refresh_token (hash, session_id, issued_at, expires_at)
  VALUES ($1::bytea, $2::uuid, $3::timestamptz, $4::timestamptz))"};

// The session is locked, whatever token of it comes: one after the other.
inline constexpr pg::Statement find_session_of_token{"find_session_of_token", R"(
  SELECT session.id, session.user_id
    FROM refresh_token JOIN session ON session.id = session_id
   WHERE hash = $1::bytea)"};

// The user before his session: the order in which all sessions of a user are ended.
inline constexpr pg::Statement lock_user_of_session{"lock_user_of_session", R"(
  SELECT array_to_string(roles, ' '), sessions_ended_at, deleted_at IS NOT NULL
    FROM user_account
   WHERE id = $1::uuid
     FOR NO KEY UPDATE)"};

inline constexpr pg::Statement find_refresh_token{"find_refresh_token", R"(
  SELECT session.ended_at, refresh_token.expires_at, refresh_token.used_at
    FROM refresh_token JOIN session ON session.id = session_id
   WHERE hash = $1::bytea)"};

inline constexpr pg::Statement use_refresh_token{"use_refresh_token", R"(
  UPDATE refresh_token SET used_at = $2::timestamptz WHERE hash = $1::bytea)"};

inline constexpr pg::Statement extend_session{"extend_session", R"(
  UPDATE session SET expires_at = $2::timestamptz WHERE id = $1::uuid)"};

inline constexpr pg::Statement end_session{"end_session", R"(
  UPDATE session SET ended_at = $2::timestamptz WHERE id = $1::uuid AND ended_at IS NULL)"};

inline constexpr pg::Statement end_sessions_of_users{"end_sessions_of_users", R"(
  UPDATE session SET ended_at = ended.at
    FROM unnest($1::uuid[], $2::timestamptz[]) AS ended (user_id, at)
   WHERE session.user_id = ended.user_id AND session.user_id = ANY ($1::uuid[])
     AND session.ended_at IS NULL)"};

inline constexpr pg::Statement mark_sessions_ended{"mark_sessions_ended", R"(
  UPDATE user_account SET sessions_ended_at = ended.at
    FROM unnest($1::uuid[], $2::timestamptz[]) AS ended (user_id, at)
   WHERE id = ended.user_id AND id = ANY ($1::uuid[]))"};

// In portions; a session goes when its last token has expired, and takes the others with it.
inline constexpr pg::Statement delete_expired_sessions{"delete_expired_sessions", R"(
  DELETE FROM session WHERE id = ANY (ARRAY(
    SELECT id FROM session WHERE expires_at < $1::timestamptz ORDER BY expires_at
     LIMIT $2::bigint FOR UPDATE SKIP LOCKED)))"};

inline constexpr pg::Statement delete_expired_tokens{"delete_expired_tokens", R"(
  DELETE FROM refresh_token WHERE hash = ANY (ARRAY(
    SELECT hash FROM refresh_token WHERE expires_at < $1::timestamptz ORDER BY expires_at
     LIMIT $2::bigint FOR UPDATE SKIP LOCKED)))"};

// ---- signing keys: all of them are few ----

inline constexpr pg::Statement list_keys{"list_keys", R"(
  SELECT kid, jwk::text, pem, created_at, signs_from FROM signing_key ORDER BY signs_from, kid)"};

// Processes that want a next key at the same time make one.
inline constexpr pg::Statement lock_keys{"lock_keys", R"(
  SELECT pg_advisory_xact_lock(hashtextextended('signing keys', 0)))"};

inline constexpr pg::Statement insert_key{"insert_key", R"(
  INSERT INTO signing_key (kid, jwk, pem, created_at, signs_from)
  VALUES ($1::text, $2::json, $3::text, $4::timestamptz, $5::timestamptz))"};

inline constexpr pg::Statement delete_key{"delete_key", R"(
  DELETE FROM signing_key WHERE kid = $1::text)"};

}  // namespace waybill::identity::sql
