// What direct requests ask for. The gateway has checked the bodies against the contract; here they
// are read, and what only this service can judge is refused.
#pragma once

#include <optional>
#include <string>

#include "libs/config/settings.hpp"
#include "services/identity/domain/roles.hpp"

namespace waybill::identity::direct {

struct NewAccount {
  std::string email;
  std::string username;
  std::optional<std::string> description;
  std::optional<config::Secret> password;
  domain::Roles roles = domain::only_customer;
};
// 400 with pointers. Without a username the e-mail is it.
Result<NewAccount> read_registration(const std::string& body);
// By staff: with a username, perhaps without a password, with roles.
Result<NewAccount> read_account(const std::string& body);

// The grants of POST /v1/auth/token (RFC 6749 sections 4.3 and 6).
struct PasswordGrant {
  std::string name;
  config::Secret password;
};
struct RefreshGrant {
  config::Secret token;
};
using Grant = std::variant<PasswordGrant, RefreshGrant>;
// 400 with the member `error`: unsupported_grant_type, invalid_request.
Result<Grant> read_grant(const std::string& body);

// POST /v1/auth/revoke (RFC 7009); 400 invalid_request. The hint is not needed.
Result<config::Secret> read_revocation(const std::string& body);

struct PasswordChange {
  config::Secret current, next;
};
Result<PasswordChange> read_password_change(const std::string& body);

}  // namespace waybill::identity::direct
