#include "libs/log/log.hpp"
#include "services/identity/commands/commands.hpp"
#include "services/identity/commands/registry.hpp"
#include "services/identity/events/user_events.hpp"

namespace waybill::identity::commands {
namespace {

using Command = outbox::Command<v1::ChangeRoles>;

Result<domain::User> change(Registry& registry, OpsGuard& guard, const Command& command) {
  if (!command.cause.caller.is_ops()) return forbidden("Only ops may change roles.");
  const auto user = registry.find(read_id(command.body.user_id()), command.cause.caller,
                                  expected_version(command.body));
  if (!user) return user.error();
  const auto roles = domain::read_roles({command.body.roles().begin(), command.body.roles().end()});
  if (!roles) return roles.error();
  const auto allowed = guard.check(*user, *roles);
  if (!allowed) return allowed.error();
  return domain::with_roles(*user, *roles, command.now);
}

}  // namespace

std::vector<outbox::Outcome> ChangeRoles::operator()(pg::Tx& tx, Batch<v1::ChangeRoles> batch,
                                                     outbox::Writer& out) const {
  Registry registry{tx, user_ids(batch)};
  OpsGuard guard{tx};
  std::vector<outbox::Outcome> outcomes;
  for (const Command& command : batch) {
    const auto user = change(registry, guard, command);
    if (!user) {
      outcomes.push_back(outbox::Outcome::refused(user.error()));
      continue;
    }
    if (registry.put(*user, command.cause, out)) {
      registry.end_sessions(user->id, policy, command, out);
      log::info("auth.roles_changed", {{"user_id", user->id},
                                       {"roles", domain::to_text(user->roles)},
                                       {"caller", to_header(command.cause.caller)}});
    }
    outcomes.push_back(outbox::Outcome::ok(events::representation(*user), user->version));
  }
  registry.store_users(tx);
  return outcomes;
}

}  // namespace waybill::identity::commands
