// Passwords, sessions and refresh tokens in the database. Passwords are Argon2id hashes, refresh
// tokens their SHA-256; neither is ever read into a domain::User.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "libs/pg/pg.hpp"
#include "services/identity/domain/sessions.hpp"
#include "services/identity/domain/user.hpp"

namespace waybill::identity::store {

struct Credentials {
  Id user_id;
  std::optional<std::string> password;
  std::string email, username;  // of find_credentials by id only
};
// By e-mail or username, in any case of letters.
std::optional<Credentials> find_credentials(pg::Session& session, const std::string& name);
std::optional<Credentials> find_credentials(pg::Session& session, const Id& user_id);

void set_password(pg::Tx& tx, const Id& user_id, const std::string& hash);

// What an access token says of its user; locked, so that nobody ends his sessions meanwhile.
struct Holder {
  domain::Roles roles;
  std::optional<Instant> sessions_ended_at;
};
// nullopt when the password is not (any more) this one.
std::optional<Holder> lock_holder(pg::Tx& tx, const Id& user_id, const std::string& password);

// A refresh token that somebody brought, locked with its user.
struct FoundToken {
  domain::RefreshToken token;
  Holder holder;
};
std::optional<FoundToken> lock_refresh_token(pg::Tx& tx, std::string_view hash);

void insert_session(pg::Tx& tx, const domain::Session& session, Instant at, Instant expires_at);
void insert_refresh_token(pg::Tx& tx, std::string_view hash, const Id& session, Instant at,
                          Instant expires_at);
void use_refresh_token(pg::Tx& tx, std::string_view hash, const Id& session, Instant at,
                       Instant next_expires_at);
void end_session(pg::Tx& tx, const Id& session, Instant at);
// Of users who are locked; sessions_ended_at says when.
void end_all_sessions(pg::Tx& tx, std::span<const domain::User> users);

// How many accounts there are with the role ops; others who take it away wait until this
// transaction ends.
std::int64_t lock_and_count_ops(pg::Tx& tx);

// Up to `most` of each; how many went.
std::int64_t delete_expired(pg::Tx& tx, Instant before, std::int64_t most);

}  // namespace waybill::identity::store
