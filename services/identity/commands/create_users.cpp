#include "services/identity/commands/commands.hpp"
#include "services/identity/events/user_events.hpp"
#include "services/identity/store/users.hpp"

namespace waybill::identity::commands {
namespace {

using Command = outbox::Command<v1::CreateUser>;

std::vector<std::string> names_of(Batch<v1::CreateUser> batch) {
  std::vector<std::string> names;
  for (const Command& command : batch) {
    names.push_back(command.body.email());
    names.push_back(command.body.username());
  }
  return names;
}

std::vector<Id> ids_of(Batch<v1::CreateUser> batch) {
  std::vector<Id> ids;
  for (const Command& command : batch) ids.push_back(command.id());
  return ids;
}

domain::User read_user(const Command& command) {
  domain::User user;
  user.id = command.id();
  user.email = command.body.email();
  user.username = command.body.username();
  if (command.body.has_description()) user.description = command.body.description();
  user.created_at = command.now;
  return user;
}

outbox::Outcome created(const domain::User& user) {
  return outbox::Outcome::created(events::representation(user), "/v1/users/" + user.id.to_string(),
                                  user.version);
}

}  // namespace

std::vector<outbox::Outcome> create_users(pg::Tx& tx, Batch<v1::CreateUser> batch,
                                          outbox::Writer& out) {
  domain::Names names = store::lock_names(tx, names_of(batch));
  const domain::Users before = store::lock_users(tx, ids_of(batch));
  std::vector<domain::User> users;
  std::vector<outbox::Outcome> outcomes;
  for (const Command& command : batch) {
    if (const auto known = before.find(command.id()); known != before.end()) {
      outcomes.push_back(created(known->second));
      continue;
    }
    const domain::User user = read_user(command);
    if (const auto taken = names.take(user.id, user.email, user.username); !taken) {
      outcomes.push_back(outbox::Outcome::refused(taken.error()));
      continue;
    }
    events::tell(out, user, command.cause);
    outcomes.push_back(created(user));
    users.push_back(user);
  }
  store::insert_users(tx, users);
  return outcomes;
}

}  // namespace waybill::identity::commands
