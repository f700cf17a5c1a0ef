#include "services/identity/direct/body.hpp"

#include "libs/core/strict_json.hpp"
#include "services/identity/domain/faults.hpp"
#include "services/identity/domain/password.hpp"

namespace waybill::identity::direct {
namespace {

namespace json = boost::json;

constexpr std::size_t most_name_bytes = 400;  // 100 characters

Result<json::object> read_object(const std::string& body) {
  auto value = parse_json(body);
  if (!value) return value.error();
  if (!value->is_object()) return invalid("The body must be a JSON object.");
  return std::move(value->get_object());
}

// A string; nullopt when it is absent, null or anything else.
std::optional<std::string> text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_string()) return std::nullopt;
  return std::string{value->get_string()};
}

std::optional<config::Secret> secret(const json::object& object, std::string_view name) {
  auto value = text(object, name);
  if (!value) return std::nullopt;
  return config::Secret{std::move(*value)};
}

// RFC 6749 section 5.2: the problem has its error code, too.
Fault oauth(std::string_view error, std::string detail) {
  return invalid(std::move(detail), {{"error", error}});
}

Result<domain::Roles> read_roles(const json::object& object) {
  const auto* value = object.if_contains("roles");
  if (!value || !value->is_array()) return domain::only_customer;
  std::vector<std::string> names;
  for (const json::value& name : value->get_array()) {
    names.emplace_back(name.is_string() ? std::string_view{name.get_string()} : "");
  }
  return domain::read_roles(names);
}

// What both ways to an account have in common.
Result<NewAccount> read_names(const json::object& object) {
  NewAccount account;
  auto email = text(object, "email");
  if (!email || email->empty()) return domain::invalid_member("/email", "is required");
  account.email = std::move(*email);
  account.username = text(object, "username").value_or(account.email);
  if (account.username.empty() || account.username.size() > most_name_bytes) {
    return domain::invalid_member("/username", "is required: 1 to 100 characters");
  }
  account.description = text(object, "description");
  account.password = secret(object, "password");
  if (!account.password) return account;
  const auto allowed = domain::check_password(account.password->reveal(), account.email,
                                              account.username, "/password");
  if (!allowed) return allowed.error();
  return account;
}

}  // namespace

Result<NewAccount> read_registration(const std::string& body) {
  const auto object = read_object(body);
  if (!object) return object.error();
  auto account = read_names(*object);
  if (account && !account->password) return domain::invalid_member("/password", "is required");
  return account;
}

Result<NewAccount> read_account(const std::string& body) {
  const auto object = read_object(body);
  if (!object) return object.error();
  auto account = read_names(*object);
  if (!account) return account;
  if (!object->contains("username")) return domain::invalid_member("/username", "is required");
  auto roles = read_roles(*object);
  if (!roles) return roles.error();
  account->roles = std::move(*roles);
  return account;
}

Result<Grant> read_grant(const std::string& body) {
  const auto object = read_object(body);
  if (!object) return object.error();
  const std::string type = text(*object, "grant_type").value_or("password");
  if (type == "refresh_token") {
    auto token = secret(*object, "refresh_token");
    if (!token) return oauth("invalid_request", "This grant needs the member refresh_token.");
    return Grant{RefreshGrant{std::move(*token)}};
  }
  if (type != "password") {
    return oauth("unsupported_grant_type", "There are the grants password and refresh_token.");
  }
  auto name = text(*object, "username");
  if (!name) name = text(*object, "email");
  auto password = secret(*object, "password");
  if (!name || !password) {
    return oauth("invalid_request", "This grant needs the members username and password.");
  }
  return Grant{PasswordGrant{std::move(*name), std::move(*password)}};
}

Result<config::Secret> read_revocation(const std::string& body) {
  const auto object = read_object(body);
  if (!object) return object.error();
  auto token = secret(*object, "token");
  if (!token) return oauth("invalid_request", "There is no member token.");
  return std::move(*token);
}

Result<PasswordChange> read_password_change(const std::string& body) {
  const auto object = read_object(body);
  if (!object) return object.error();
  auto current = secret(*object, "current_password"), next = secret(*object, "new_password");
  if (!current) return domain::invalid_member("/current_password", "is required");
  if (!next) return domain::invalid_member("/new_password", "is required");
  return PasswordChange{std::move(*current), std::move(*next)};
}

}  // namespace waybill::identity::direct
