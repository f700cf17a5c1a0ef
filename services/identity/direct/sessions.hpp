// Signing in, staying signed in, signing out: what of it happens in the database. Refresh tokens go
// to their owner in clear and into the database as SHA-256.
#pragma once

#include "libs/outbox/command.hpp"
#include "libs/outbox/writer.hpp"
#include "services/identity/commands/policy.hpp"
#include "services/identity/store/credentials.hpp"

namespace waybill::identity::direct {

struct TokenPair {
  std::string access;
  std::string refresh;
  Id user_id;
};

// What tokens are made of.
struct Mint {
  const Policy& policy;
  const auth::SigningKey& key;
  Instant now;
};

// A new family. nullopt when the password that was found right is not the account's any more.
// `better_hash` replaces it where it was made with less than today's cost.
std::optional<TokenPair> sign_in(pg::Tx& tx, const store::Credentials& known,
                                 const std::optional<std::string>& better_hash, const Mint& mint);

// The next pair of the family. nullopt: the token is unknown, expired, of a family that has ended,
// or was used before, in which case the family ends now (`reused` says whose it is).
std::optional<TokenPair> refresh(pg::Tx& tx, outbox::Writer& out, const config::Secret& token,
                                 const Mint& mint, const outbox::Cause& cause,
                                 std::optional<domain::Session>& reused);

// Ends the family of a refresh token, or the one access token (RFC 7009). Whose it was; nullopt for
// what is no valid token of ours.
std::optional<Id> revoke(pg::Tx& tx, outbox::Writer& out, const config::Secret& token,
                         const auth::KeySet& keys, const Policy& policy, const outbox::Cause& cause,
                         Instant now);

}  // namespace waybill::identity::direct
