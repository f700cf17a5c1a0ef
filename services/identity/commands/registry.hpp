// The users of one batch at work: commands see what those before them did, each change is told, and
// all of it is written at the end.
#pragma once

#include <unordered_set>
#include <vector>

#include "libs/outbox/processor.hpp"
#include "services/identity/domain/user.hpp"

namespace waybill::identity::commands {

// The id in a command's text; nobody has the nil id.
Id read_id(const std::string& text);

class Registry {
 public:
  // Locks the users.
  Registry(pg::Tx& tx, std::vector<Id> ids);

  // The user, or the fault for this caller; see domain::check_access.
  Result<domain::User> find(const Id& id, const Caller& caller,
                            std::optional<std::int64_t> expected_version = {}) const;
  // As they were when they were locked, with what the batch has done since.
  const domain::Users& users() const { return users_; }

  // Takes the changed user and tells it; one whose version is the same is no change.
  void put(domain::User user, const outbox::Cause& cause, outbox::Writer& out);

  void store_users(pg::Tx& tx) const;
  void store_users_and_addresses(pg::Tx& tx) const;

 private:
  std::vector<domain::User> changed() const;

  domain::Users users_;
  std::unordered_set<Id> changed_;
};

// The ids of a batch whose messages have a user_id.
template <class Commands>
std::vector<Id> user_ids(const Commands& batch) {
  std::vector<Id> ids;
  for (const auto& command : batch) ids.push_back(read_id(command.body.user_id()));
  return ids;
}

// If-Match, where it was given.
template <class Message>
std::optional<std::int64_t> expected_version(const Message& message) {
  if (!message.has_expected_version()) return std::nullopt;
  return message.expected_version();
}

}  // namespace waybill::identity::commands
