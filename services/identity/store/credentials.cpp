#include "services/identity/store/credentials.hpp"

#include "services/identity/store/auth_sql.hpp"
#include "services/identity/store/users.hpp"

namespace waybill::identity::store {

std::optional<Credentials> find_credentials(pg::Session& session, const std::string& name) {
  const pg::Rows rows = session.exec(sql::find_credentials_by_name, name);
  if (rows.empty()) return std::nullopt;
  return Credentials{rows[0].id(0), rows[0].maybe_text(1), {}, {}};
}

std::optional<Credentials> find_credentials(pg::Session& session, const Id& user_id) {
  const pg::Rows rows = session.exec(sql::find_credentials_by_id, user_id);
  if (rows.empty()) return std::nullopt;
  return Credentials{rows[0].id(0), rows[0].maybe_text(1), std::string{rows[0].text(2)},
                     std::string{rows[0].text(3)}};
}

void set_password(pg::Tx& tx, const Id& user_id, const std::string& hash) {
  tx.later(sql::set_password, user_id, hash);
}

std::optional<Holder> lock_holder(pg::Tx& tx, const Id& user_id, const std::string& password) {
  const pg::Rows rows = tx.exec(sql::lock_user_with_password, user_id, password);
  if (rows.empty()) return std::nullopt;
  return Holder{read_roles(rows[0].text(0)), rows[0].maybe_instant(1)};
}

std::optional<FoundToken> lock_refresh_token(pg::Tx& tx, std::string_view hash) {
  const pg::Rows found = tx.exec(sql::find_session_of_token, pg::bytes(hash));
  if (found.empty()) return std::nullopt;
  const domain::Session session{found[0].id(0), found[0].id(1), {}};
  const pg::Rows users = tx.exec(sql::lock_user_of_session, session.user_id);
  // Only now: what others did with the token while we waited is seen.
  const pg::Rows rows = tx.exec(sql::find_refresh_token, pg::bytes(hash));
  if (users.empty() || users[0].boolean(2) || rows.empty()) return std::nullopt;
  FoundToken result;
  result.token = {session, rows[0].instant(1), rows[0].maybe_instant(2)};
  result.token.session.ended_at = rows[0].maybe_instant(0);
  result.holder = {read_roles(users[0].text(0)), users[0].maybe_instant(1)};
  return result;
}

void insert_session(pg::Tx& tx, const domain::Session& session, Instant at, Instant expires_at) {
  tx.later(sql::insert_session, session.id, session.user_id, at, expires_at);
}

void insert_refresh_token(pg::Tx& tx, std::string_view hash, const Id& session, Instant at,
                          Instant expires_at) {
  tx.later(sql::insert_refresh_token, pg::bytes(hash), session, at, expires_at);
}

void use_refresh_token(pg::Tx& tx, std::string_view hash, const Id& session, Instant at,
                       Instant next_expires_at) {
  tx.later(sql::use_refresh_token, pg::bytes(hash), at);
  tx.later(sql::extend_session, session, next_expires_at);
}

void end_session(pg::Tx& tx, const Id& session, Instant at) {
  tx.later(sql::end_session, session, at);
}

void end_all_sessions(pg::Tx& tx, std::span<const domain::User> users) {
  if (users.empty()) return;
  pg::Array ids, times;
  for (const domain::User& user : users) {
    ids.add(user.id);
    times.add(user.sessions_ended_at);
  }
  tx.later(sql::mark_sessions_ended, ids, times);
  tx.later(sql::end_sessions_of_users, ids, times);
}

std::int64_t lock_and_count_ops(pg::Tx& tx) {
  tx.later(sql::lock_ops);
  return tx.exec(sql::count_ops)[0].integer(0);
}

std::int64_t delete_expired(pg::Tx& tx, Instant before, std::int64_t most) {
  const std::int64_t sessions = tx.exec(sql::delete_expired_sessions, before, most).affected();
  return sessions + tx.exec(sql::delete_expired_tokens, before, most).affected();
}

}  // namespace waybill::identity::store
