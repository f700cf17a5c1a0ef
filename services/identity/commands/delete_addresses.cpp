#include "services/identity/commands/commands.hpp"
#include "services/identity/commands/registry.hpp"

namespace waybill::identity::commands {
namespace {

using Command = outbox::Command<v1::DeleteAddress>;

outbox::Outcome remove(Registry& registry, const Command& command, outbox::Writer& out) {
  const auto user = registry.find(read_id(command.body.user_id()), command.cause.caller,
                                  expected_version(command.body));
  if (!user) return outbox::Outcome::refused(user.error());
  auto changed = domain::without_address(*user, read_id(command.body.address_id()), command.now);
  if (!changed) return outbox::Outcome::refused(changed.error());
  registry.put(std::move(*changed), command.cause, out);
  return outbox::Outcome::no_content();
}

}  // namespace

std::vector<outbox::Outcome> delete_addresses(pg::Tx& tx, Batch<v1::DeleteAddress> batch,
                                              outbox::Writer& out) {
  Registry registry{tx, user_ids(batch)};
  std::vector<outbox::Outcome> outcomes;
  for (const Command& command : batch) outcomes.push_back(remove(registry, command, out));
  registry.store_users_and_addresses(tx);
  return outcomes;
}

}  // namespace waybill::identity::commands
