#include "services/identity/commands/commands.hpp"
#include "services/identity/commands/registry.hpp"

namespace waybill::identity::commands {

std::vector<outbox::Outcome> delete_users(pg::Tx& tx, Batch<v1::DeleteUser> batch,
                                          outbox::Writer& out) {
  Registry registry{tx, user_ids(batch)};
  std::vector<outbox::Outcome> outcomes;
  for (const auto& command : batch) {
    const auto user = registry.find(read_id(command.body.user_id()), command.cause.caller,
                                    expected_version(command.body));
    if (!user) {
      outcomes.push_back(outbox::Outcome::refused(user.error()));
      continue;
    }
    registry.put(domain::deleted(*user, command.now), command.cause, out);
    outcomes.push_back(outbox::Outcome::no_content());
  }
  registry.store_users_and_addresses(tx);
  return outcomes;
}

}  // namespace waybill::identity::commands
