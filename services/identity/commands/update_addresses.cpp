#include "services/identity/commands/commands.hpp"
#include "services/identity/commands/registry.hpp"
#include "services/identity/domain/faults.hpp"
#include "services/identity/events/user_events.hpp"

namespace waybill::identity::commands {
namespace {

using Command = outbox::Command<v1::UpdateAddress>;

// A text that was sent; null is refused.
Result<std::string> text(bool has, const std::string& value, const char* pointer) {
  if (!has) return domain::must_not_be_null(pointer);
  return value;
}

Result<domain::AddressPatch> read_patch(const v1::UpdateAddress& body) {
  domain::AddressPatch patch;
  for (const std::string& member : body.members()) {
    Result<std::string> value = std::string{};
    if (member == "street") {
      value = text(body.has_street(), body.street(), "/street");
      if (value) patch.street = *value;
    } else if (member == "city") {
      value = text(body.has_city(), body.city(), "/city");
      if (value) patch.city = *value;
    } else if (member == "state") {
      value = text(body.has_state(), body.state(), "/state");
      if (value) patch.state = *value;
    } else if (member == "zip_code") {
      value = text(body.has_zip_code(), body.zip_code(), "/zip_code");
      if (value) patch.zip_code = *value;
    } else if (member == "country") {
      value = text(body.has_country(), body.country(), "/country");
      if (value) patch.country = *value;
    } else if (member == "is_primary") {
      patch.is_primary = body.is_primary();  // false where a replacement leaves it out
    }
    if (!value) return value.error();
  }
  return patch;
}

outbox::Outcome update(Registry& registry, const Command& command, outbox::Writer& out) {
  const auto user = registry.find(read_id(command.body.user_id()), command.cause.caller,
                                  expected_version(command.body));
  if (!user) return outbox::Outcome::refused(user.error());
  const auto patch = read_patch(command.body);
  if (!patch) return outbox::Outcome::refused(patch.error());
  const Id address_id = read_id(command.body.address_id());
  auto changed = domain::with_changed_address(*user, address_id, *patch, command.now);
  if (!changed) return outbox::Outcome::refused(changed.error());
  auto outcome = outbox::Outcome::ok(
      events::representation(*domain::find_address(*changed, address_id)), changed->version);
  registry.put(std::move(*changed), command.cause, out);
  return outcome;
}

}  // namespace

std::vector<outbox::Outcome> update_addresses(pg::Tx& tx, Batch<v1::UpdateAddress> batch,
                                              outbox::Writer& out) {
  Registry registry{tx, user_ids(batch)};
  std::vector<outbox::Outcome> outcomes;
  for (const Command& command : batch) outcomes.push_back(update(registry, command, out));
  registry.store_users_and_addresses(tx);
  return outcomes;
}

}  // namespace waybill::identity::commands
