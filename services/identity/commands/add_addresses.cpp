#include "services/identity/commands/commands.hpp"
#include "services/identity/commands/registry.hpp"
#include "services/identity/events/user_events.hpp"

namespace waybill::identity::commands {
namespace {

using Command = outbox::Command<v1::AddAddress>;

domain::Address read_address(const Command& command, const Id& user_id) {
  return {.id = command.id(),
          .user_id = user_id,
          .street = command.body.street(),
          .city = command.body.city(),
          .state = command.body.state(),
          .zip_code = command.body.zip_code(),
          .country = command.body.country(),
          .is_primary = command.body.is_primary(),
          .created_at = command.now,
          .updated_at = std::nullopt};
}

outbox::Outcome created(const domain::Address& address, std::int64_t version) {
  return outbox::Outcome::created(
      events::representation(address),
      "/v1/users/" + address.user_id.to_string() + "/addresses/" + address.id.to_string(), version);
}

outbox::Outcome add(Registry& registry, const Command& command, outbox::Writer& out) {
  const auto user = registry.find(read_id(command.body.user_id()), command.cause.caller);
  if (!user) return outbox::Outcome::refused(user.error());
  const domain::Address* known = domain::find_address(*user, command.id());
  if (known) return created(*known, user->version);
  const domain::Address address = read_address(command, user->id);
  auto changed = domain::with_address(*user, address, command.now);
  if (!changed) return outbox::Outcome::refused(changed.error());
  const std::int64_t version = changed->version;
  registry.put(std::move(*changed), command.cause, out);
  return created(address, version);
}

}  // namespace

std::vector<outbox::Outcome> add_addresses(pg::Tx& tx, Batch<v1::AddAddress> batch,
                                           outbox::Writer& out) {
  Registry registry{tx, user_ids(batch)};
  std::vector<outbox::Outcome> outcomes;
  for (const Command& command : batch) outcomes.push_back(add(registry, command, out));
  registry.store_users_and_addresses(tx);
  return outcomes;
}

}  // namespace waybill::identity::commands
