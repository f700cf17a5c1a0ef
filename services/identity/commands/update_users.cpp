#include "services/identity/commands/commands.hpp"
#include "services/identity/commands/registry.hpp"
#include "services/identity/domain/faults.hpp"
#include "services/identity/events/user_events.hpp"
#include "services/identity/store/users.hpp"

namespace waybill::identity::commands {
namespace {

using Command = outbox::Command<v1::UpdateUser>;

Result<domain::UserPatch> read_patch(const v1::UpdateUser& body) {
  domain::UserPatch patch;
  for (const std::string& member : body.members()) {
    if (member == "email") {
      if (!body.has_email()) return domain::must_not_be_null("/email");
      patch.email = body.email();
    } else if (member == "username") {
      if (!body.has_username()) return domain::must_not_be_null("/username");
      patch.username = body.username();
    } else if (member == "description") {
      patch.description.emplace(body.has_description() ? std::optional{body.description()}
                                                       : std::nullopt);
    }
  }
  return patch;
}

// The names that the batch asks for and those that its users have.
std::vector<std::string> names_of(Batch<v1::UpdateUser> batch, const domain::Users& users) {
  std::vector<std::string> names;
  for (const Command& command : batch) {
    if (command.body.has_email()) names.push_back(command.body.email());
    if (command.body.has_username()) names.push_back(command.body.username());
  }
  for (const auto& [id, user] : users) {
    names.push_back(user.email);
    names.push_back(user.username);
  }
  return names;
}

// One batch at work.
struct Work {
  Registry registry;
  domain::Names names;
  std::vector<Id> renamed;
};

Result<domain::User> update(Work& work, const Command& command) {
  const auto user = work.registry.find(read_id(command.body.user_id()), command.cause.caller,
                                       expected_version(command.body));
  if (!user) return user.error();
  const auto patch = read_patch(command.body);
  if (!patch) return patch.error();
  domain::User changed = domain::patched(*user, *patch, command.now);
  if (changed.email != user->email || changed.username != user->username) {
    const auto taken = work.names.take(changed.id, changed.email, changed.username);
    if (!taken) return taken.error();
    work.renamed.push_back(changed.id);
  }
  return changed;
}

}  // namespace

std::vector<outbox::Outcome> update_users(pg::Tx& tx, Batch<v1::UpdateUser> batch,
                                          outbox::Writer& out) {
  Work work{Registry{tx, user_ids(batch)}, {}, {}};
  work.names = store::lock_names(tx, names_of(batch, work.registry.users()));
  std::vector<outbox::Outcome> outcomes;
  for (const Command& command : batch) {
    const auto user = update(work, command);
    if (!user) {
      outcomes.push_back(outbox::Outcome::refused(user.error()));
      continue;
    }
    work.registry.put(*user, command.cause, out);
    outcomes.push_back(outbox::Outcome::ok(events::representation(*user), user->version));
  }
  store::free_names(tx, work.renamed);
  work.registry.store_users(tx);
  return outcomes;
}

}  // namespace waybill::identity::commands
