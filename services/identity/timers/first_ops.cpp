#include "services/identity/timers/first_ops.hpp"

#include "libs/log/log.hpp"
#include "services/identity/domain/password.hpp"

namespace waybill::identity::timers {
namespace {

direct::NewAccount account_of(const FirstOps& wanted) {
  direct::NewAccount account;
  account.email = wanted.email;
  account.username = wanted.email;
  account.roles = {Role::customer, Role::staff, Role::ops};
  return account;
}

outbox::Cause cause_of(const Id& command_id) {
  outbox::Cause cause;
  cause.command_id = command_id;
  cause.caller = {std::nullopt, Role::ops};
  cause.trace.correlation_id = new_correlation_id();
  cause.instance = "/first-ops";
  cause.sent_at = now();
  return cause;
}

}  // namespace

void FirstOps::check() const {
  if (email.empty() && password.empty()) return;
  if (email.empty() || password.empty()) {
    throw config::SettingsError{
        "identity.first-ops-email and identity.first-ops-password are set together or not at all"};
  }
  if (!domain::check_password(password.reveal(), email, email, "")) {
    throw config::SettingsError{
        "identity.first-ops-password must have 8 to 256 characters and not be the e-mail"};
  }
}

void create_first_ops(pg::Connection& connection, const FirstOps& wanted, const Policy& policy,
                      const direct::Transactions& transactions) {
  if (wanted.email.empty()) return;
  {
    pg::Tx look{connection};
    if (store::lock_and_count_ops(look) > 0) return;
  }
  const std::string hash = auth::hash_password(wanted.password.reveal(), policy.password_cost);
  const outbox::DirectCommand command{"waybill.identity.v1.CreateUser", "", cause_of(new_id())};
  bool there = false;
  const auto outcome =
      transactions.run_once(connection, command, [&](pg::Tx& tx, outbox::Writer& out) {
        there = store::lock_and_count_ops(tx) > 0;
        if (there) return outbox::Outcome::refused(conflict("already-exists", "There is one."));
        return direct::create_account(tx, out, account_of(wanted), hash, command.cause, now());
      });
  if (outcome.status() == 201) {
    log::info("auth.first_ops_created", {{"user_id", command.cause.command_id}});
  } else if (!there) {
    log::error("auth.first_ops_refused",
               {{"hint", "another account has the e-mail of identity.first-ops-email"}});
  }
}

}  // namespace waybill::identity::timers
