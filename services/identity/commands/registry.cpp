#include "services/identity/commands/registry.hpp"

#include "services/identity/domain/sessions.hpp"
#include "services/identity/events/user_events.hpp"
#include "services/identity/store/credentials.hpp"
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

bool Registry::put(domain::User user, const outbox::Cause& cause, outbox::Writer& out) {
  domain::User& place = users_.at(user.id);
  if (place.version == user.version) return false;
  place = std::move(user);
  changed_.insert(place.id);
  events::tell(out, place, cause);
  return true;
}

void Registry::end_sessions(const Id& id, const Policy& policy, const outbox::Cause& cause,
                            Instant now, outbox::Writer& out) {
  domain::User& user = users_.at(id);
  const Instant at = domain::end_time(now, user.sessions_ended_at);
  user.sessions_ended_at = at;
  signed_out_.insert(id);
  events::tell_revoked(out, {id, {}, {}, at, policy.last_expiry(at)}, cause);
}

void Registry::store_users(pg::Tx& tx) const {
  store::update_users(tx, all(changed_));
  store::end_all_sessions(tx, all(signed_out_));
}

void Registry::store_users_and_addresses(pg::Tx& tx) const {
  store_users(tx);
  store::replace_addresses(tx, all(changed_));
}

std::vector<domain::User> Registry::all(const std::unordered_set<Id>& ids) const {
  std::vector<domain::User> users;
  for (const Id& id : ids) users.push_back(users_.at(id));
  return users;
}

Result<void> OpsGuard::check(const domain::User& user, const domain::Roles& next) {
  if (!domain::has(user.roles, Role::ops) || domain::has(next, Role::ops)) return {};
  if (!count_) count_ = store::lock_and_count_ops(tx_);
  if (*count_ <= 1) return conflict("limit-reached", "This is the last account with the role ops.");
  --*count_;
  return {};
}

}  // namespace waybill::identity::commands
