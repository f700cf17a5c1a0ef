#include "services/identity/commands/registry.hpp"

#include "services/identity/events/user_events.hpp"
#include "services/identity/store/users.hpp"

namespace waybill::identity::commands {

Id read_id(const std::string& text) {
  return Id::parse(text).value_or(Id{});
}

Registry::Registry(pg::Tx& tx, std::vector<Id> ids)
    : users_{store::lock_users(tx, std::move(ids))} {}

Result<domain::User> Registry::find(const Id& id, const Caller& caller,
                                    std::optional<std::int64_t> expected_version) const {
  const auto found = users_.find(id);
  const domain::User* user = found == users_.end() ? nullptr : &found->second;
  const auto allowed = domain::check_access(user, caller, expected_version);
  if (!allowed) return allowed.error();
  return *user;
}

void Registry::put(domain::User user, const outbox::Cause& cause, outbox::Writer& out) {
  domain::User& place = users_.at(user.id);
  if (place.version == user.version) return;
  place = std::move(user);
  changed_.insert(place.id);
  events::tell(out, place, cause);
}

void Registry::store_users(pg::Tx& tx) const {
  store::update_users(tx, changed());
}

void Registry::store_users_and_addresses(pg::Tx& tx) const {
  const std::vector<domain::User> users = changed();
  store::update_users(tx, users);
  store::replace_addresses(tx, users);
}

std::vector<domain::User> Registry::changed() const {
  std::vector<domain::User> users;
  for (const Id& id : changed_) users.push_back(users_.at(id));
  return users;
}

}  // namespace waybill::identity::commands
