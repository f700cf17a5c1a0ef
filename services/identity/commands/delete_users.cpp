#include "services/identity/commands/commands.hpp"
#include "services/identity/commands/registry.hpp"
#include "services/identity/store/telegram.hpp"

namespace waybill::identity::commands {
namespace {

using Command = outbox::Command<v1::DeleteUser>;

Result<domain::User> remove(Registry& registry, OpsGuard& guard, const Command& command) {
  const auto user = registry.find(read_id(command.body.user_id()), command.cause.caller,
                                  expected_version(command.body));
  if (!user) return user.error();
  const auto allowed = guard.check(*user, domain::only_customer);
  if (!allowed) return allowed.error();
  return domain::deleted(*user, command.now);
}

}  // namespace

std::vector<outbox::Outcome> DeleteUsers::operator()(pg::Tx& tx, Batch<v1::DeleteUser> batch,
                                                     outbox::Writer& out) const {
  Registry registry{tx, user_ids(batch)};
  OpsGuard guard{tx};
  std::vector<Id> deleted;
  std::vector<outbox::Outcome> outcomes;
  for (const Command& command : batch) {
    const auto user = remove(registry, guard, command);
    if (!user) {
      outcomes.push_back(outbox::Outcome::refused(user.error()));
      continue;
    }
    registry.put(*user, command.cause, out);
    registry.end_sessions(user->id, policy, command, out);
    deleted.push_back(user->id);
    outcomes.push_back(outbox::Outcome::no_content());
  }
  registry.store_users_and_addresses(tx);
  store::delete_telegram_links(tx, deleted);
  return outcomes;
}

}  // namespace waybill::identity::commands
