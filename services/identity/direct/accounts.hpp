// Accounts with passwords: what of them happens in the database.
#pragma once

#include "libs/outbox/command.hpp"
#include "libs/outbox/outcome.hpp"
#include "libs/outbox/writer.hpp"
#include "services/identity/commands/policy.hpp"
#include "services/identity/direct/body.hpp"
#include "services/identity/store/credentials.hpp"

namespace waybill::identity::direct {

// A user who takes his id from the command. 201, 409 already-exists with `field`, 400 for a
// username with @ that is not the own e-mail. `password_hash`: nullopt for an account that can't
// sign in.
outbox::Outcome create_account(pg::Tx& tx, outbox::Writer& out, const NewAccount& account,
                               const std::optional<std::string>& password_hash,
                               const outbox::Cause& cause, Instant now);

// Another password, provided that it is still `known`; all sessions end. False when it is not.
bool change_password(pg::Tx& tx, outbox::Writer& out, const store::Credentials& known,
                     const std::string& password_hash, const Policy& policy,
                     const outbox::Cause& cause, Instant now);

// A code by which a Telegram user may begin to act for this user; the one before is void. False:
// there is no such user for this caller.
bool store_link_code(pg::Tx& tx, const Id& user_id, const Caller& caller, const std::string& code,
                     Instant expires_at);

}  // namespace waybill::identity::direct
