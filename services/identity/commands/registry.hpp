// The users of one batch at work: commands see what those before them did, each change is told, and
// all of it is written at the end.
#pragma once

#include <unordered_set>
#include <vector>

#include "libs/outbox/processor.hpp"
#include "services/identity/commands/policy.hpp"
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

  // Takes the changed user and tells it; one whose version is the same is no change: false.
  bool put(domain::User user, const outbox::Cause& cause, outbox::Writer& out);

  // From the command's time on the user has to sign in again; told as SessionsRevoked.
  template <class Command>
  void end_sessions(const Id& id, const Policy& policy, const Command& command,
                    outbox::Writer& out) {
    end_sessions(id, policy, command.cause, command.now, out);
  }
  void end_sessions(const Id& id, const Policy& policy, const outbox::Cause& cause, Instant now,
                    outbox::Writer& out);

  void store_users(pg::Tx& tx) const;
  void store_users_and_addresses(pg::Tx& tx) const;

 private:
  std::vector<domain::User> all(const std::unordered_set<Id>& ids) const;

  domain::Users users_;
  std::unordered_set<Id> changed_;
  std::unordered_set<Id> signed_out_;
};

// There is always somebody with the role ops: who takes it from an account asks here first.
class OpsGuard {
 public:
  explicit OpsGuard(pg::Tx& tx) : tx_{tx} {}
  // 409 limit-reached. Allowed once is done: the next question counts it.
  Result<void> check(const domain::User& user, const domain::Roles& next);

 private:
  pg::Tx& tx_;
  std::optional<std::int64_t> count_;  // asked for when it matters
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
