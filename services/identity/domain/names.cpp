#include "services/identity/domain/names.hpp"

#include "services/identity/domain/faults.hpp"

namespace waybill::identity::domain {
namespace {

using Owners = std::unordered_map<std::string, Id>;

Fault taken(std::string_view field, std::string detail) {
  return conflict("already-exists", std::move(detail), {{"field", field}});
}

Fault foreign_login_name() {
  return invalid_member("/username", "with an @ it must equal the own e-mail");
}

bool is_free(const Owners& owners, const std::string& folded, const Id& user) {
  const auto owner = owners.find(folded);
  return owner == owners.end() || owner->second == user;
}

void give(Owners& owners, const std::string& folded, const Id& user) {
  std::erase_if(owners, [&](const auto& entry) { return entry.second == user; });
  owners.emplace(folded, user);
}

}  // namespace

void Names::learn(const std::string& name, std::string folded, std::optional<Id> email_owner,
                  std::optional<Id> username_owner) {
  if (email_owner) emails_.emplace(folded, *email_owner);
  if (username_owner) usernames_.emplace(folded, *username_owner);
  folded_.emplace(name, std::move(folded));
}

Result<void> Names::take(const Id& user, const std::string& email, const std::string& username) {
  const std::string& folded_email = folded_.at(email);
  const std::string& folded_username = folded_.at(username);
  const bool looks_like_email = username.find('@') != std::string::npos;
  if (looks_like_email && folded_username != folded_email) return foreign_login_name();
  if (!is_free(emails_, folded_email, user)) {
    return taken("email", "Another account has this e-mail.");
  }
  if (!is_free(usernames_, folded_username, user)) {
    return taken("username", "Another account has this username.");
  }
  give(emails_, folded_email, user);
  give(usernames_, folded_username, user);
  return {};
}

}  // namespace waybill::identity::domain
