#include "libs/contract/json.hpp"
#include "services/identity/commands/commands.hpp"
#include "services/identity/keys/next_key.hpp"
#include "waybill/identity/v1/events.pb.h"

namespace waybill::identity::commands {
namespace {

std::string representation(const store::StoredKey& key) {
  v1::SigningKey message;
  message.set_kid(key.kid);
  message.set_created_at(to_rfc3339(key.times.created_at));
  message.set_signs_from(to_rfc3339(key.times.signs_from));
  return contract::to_json(message);
}

}  // namespace

std::vector<outbox::Outcome> RotateKeys::operator()(pg::Tx& tx, Batch<v1::RotateKeys> batch,
                                                    outbox::Writer&) const {
  std::vector<outbox::Outcome> outcomes;
  for (const auto& command : batch) {
    outcomes.push_back(
        command.cause.caller.is_ops()
            ? outbox::Outcome::ok(representation(keys::next_key(tx, policy, command.now)))
            : outbox::Outcome::refused(forbidden("Only ops may rotate keys.")));
  }
  return outcomes;
}

}  // namespace waybill::identity::commands
