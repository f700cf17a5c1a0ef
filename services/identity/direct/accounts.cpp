#include "services/identity/direct/accounts.hpp"

#include "libs/auth/secrets.hpp"
#include "services/identity/events/user_events.hpp"
#include "services/identity/store/telegram.hpp"
#include "services/identity/store/users.hpp"

namespace waybill::identity::direct {
namespace {

domain::User user_of(const NewAccount& account, const Id& id, Instant now) {
  domain::User user;
  user.id = id;
  user.email = account.email;
  user.username = account.username;
  user.description = account.description;
  user.roles = account.roles;
  user.created_at = now;
  return user;
}

outbox::Outcome created(const domain::User& user) {
  return outbox::Outcome::created(events::representation(user), "/v1/users/" + user.id.to_string(),
                                  user.version);
}

}  // namespace

outbox::Outcome create_account(pg::Tx& tx, outbox::Writer& out, const NewAccount& account,
                               const std::optional<std::string>& password_hash,
                               const outbox::Cause& cause, Instant now) {
  const std::string wanted[] = {account.email, account.username};
  domain::Names names = store::lock_names(tx, wanted);
  const domain::Users before = store::lock_users(tx, {cause.command_id});
  if (!before.empty()) return created(before.begin()->second);  // the inbox has forgotten it
  const domain::User user = user_of(account, cause.command_id, now);
  const auto taken = names.take(user.id, user.email, user.username);
  if (!taken) return outbox::Outcome::refused(taken.error());
  store::insert_users(tx, {&user, 1});
  if (password_hash) store::set_password(tx, user.id, *password_hash);
  events::tell(out, user, cause);
  return created(user);
}

bool change_password(pg::Tx& tx, outbox::Writer& out, const store::Credentials& known,
                     const std::string& password_hash, const Policy& policy,
                     const outbox::Cause& cause, Instant now) {
  const auto holder = store::lock_holder(tx, known.user_id, known.password.value_or(""));
  if (!holder) return false;
  domain::User user;
  user.id = known.user_id;
  const Instant at = domain::end_time(now, holder->sessions_ended_at);
  user.sessions_ended_at = at;
  store::set_password(tx, user.id, password_hash);
  store::end_all_sessions(tx, {&user, 1});
  events::tell_revoked(out, {user.id, {}, {}, at, policy.last_expiry(at)}, cause);
  return true;
}

bool store_link_code(pg::Tx& tx, const Id& user_id, const Caller& caller, const std::string& code,
                     Instant expires_at) {
  const domain::Users users = store::lock_users(tx, {user_id});
  const auto found = users.find(user_id);
  if (!domain::check_access(found == users.end() ? nullptr : &found->second, caller, {})) {
    return false;
  }
  store::put_link_code(tx, auth::sha256(code), user_id, expires_at);
  return true;
}

}  // namespace waybill::identity::direct
