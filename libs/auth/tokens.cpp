#include "libs/auth/tokens.hpp"

#include <algorithm>
#include <array>

#include "libs/core/base64.hpp"
#include "libs/core/roles.hpp"
#include "libs/core/strict_json.hpp"

namespace waybill::auth {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMostSeconds = 253'402'300'799;  // the end of the year 9999

std::int64_t to_seconds(Instant at) {
  return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
}

// header.payload.signature
struct Parts {
  std::string_view header, payload, signature;
  std::string_view signed_text;  // the first two with their dot
};

std::optional<Parts> split(std::string_view text) {
  const std::size_t first = text.find('.');
  const std::size_t second = first == text.npos ? text.npos : text.find('.', first + 1);
  if (second == text.npos || text.find('.', second + 1) != text.npos) return std::nullopt;
  return Parts{text.substr(0, first), text.substr(first + 1, second - first - 1),
               text.substr(second + 1), text.substr(0, second)};
}

std::optional<json::object> read_object(std::string_view part) {
  const auto text = base64url_decode(part);
  if (!text) return std::nullopt;
  auto value = parse_json(*text);
  if (!value || !value->is_object()) return std::nullopt;
  return std::move(value->get_object());
}

bool says(const json::object& object, std::string_view name, std::string_view expected) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() && std::string_view{value->get_string()} == expected;
}

std::optional<Rejection> check_header(const json::object& header) {
  if (!says(header, "alg", "ES256")) return Rejection::algorithm;
  if (!says(header, "typ", "at+jwt")) return Rejection::type;
  if (header.contains("crit")) return Rejection::critical;
  for (const std::string_view name : {"jwk", "jku", "x5c", "x5u"}) {
    if (header.contains(name)) return Rejection::embedded_key;
  }
  return std::nullopt;
}

const PublicKey* key_of(const json::object& header, const KeySet& keys) {
  const auto* kid = header.if_contains("kid");
  return kid && kid->is_string() ? keys.find(std::string_view{kid->get_string()}) : nullptr;
}

std::optional<Id> read_id(const json::object& claims, std::string_view name) {
  const auto* value = claims.if_contains(name);
  if (!value || !value->is_string()) return std::nullopt;
  return Id::parse(std::string_view{value->get_string()});
}

// NumericDate (RFC 7519 section 2), whole seconds only.
std::optional<Instant> read_time(const json::object& claims, std::string_view name) {
  const auto* value = claims.if_contains(name);
  if (!value || !value->is_int64()) return std::nullopt;
  const std::int64_t number = value->get_int64();
  if (number < 0 || number > kMostSeconds) return std::nullopt;
  return Instant{std::chrono::seconds{number}};
}

std::optional<std::vector<Role>> read_roles(const json::object& claims) {
  const auto* value = claims.if_contains("roles");
  if (!value || !value->is_array() || value->get_array().empty()) return std::nullopt;
  std::vector<Role> roles;
  for (const json::value& entry : value->get_array()) {
    const auto role =
        entry.is_string() ? parse_role(std::string_view{entry.get_string()}) : std::nullopt;
    if (!role || std::find(roles.begin(), roles.end(), *role) != roles.end()) return std::nullopt;
    roles.push_back(*role);
  }
  return roles;
}

std::optional<Claims> read_claims(const json::object& claims) {
  const auto user = read_id(claims, "sub"), token = read_id(claims, "jti"),
             session = read_id(claims, "sid");
  const auto issued = read_time(claims, "iat"), begin = read_time(claims, "nbf"),
             end = read_time(claims, "exp");
  auto roles = read_roles(claims);
  if (!user || !token || !session || !issued || !begin || !end || !roles) return std::nullopt;
  return Claims{*user, std::move(*roles), *issued, *begin, *end, *token, *session};
}

Verified check_claims(const json::object& object, const TokenRules& rules, Instant now) {
  if (!says(object, "iss", rules.issuer)) return Rejection::issuer;
  if (!says(object, "aud", rules.audience)) return Rejection::audience;
  auto claims = read_claims(object);
  if (!claims) return Rejection::claims;
  if (now + rules.tolerance < claims->not_before) return Rejection::not_yet_valid;
  if (now - rules.tolerance >= claims->expires_at) return Rejection::expired;
  return std::move(*claims);
}

}  // namespace

Caller Claims::caller() const {
  Caller caller{user, Role::nobody};
  for (const Role role : roles) caller.role = std::max(caller.role, role);
  return caller;
}

std::string_view to_string(Rejection reason) {
  static constexpr std::array<std::string_view, 14> names{
      "too_long",     "malformed",     "algorithm", "type",   "critical",
      "embedded_key", "unknown_key",   "signature", "issuer", "audience",
      "claims",       "not_yet_valid", "expired",   "revoked"};
  return names.at(static_cast<std::size_t>(reason));
}

std::string sign_token(const Claims& claims, const TokenRules& rules, const SigningKey& key) {
  const json::object header{{"alg", "ES256"}, {"typ", "at+jwt"}, {"kid", key.kid()}};
  json::array roles;
  for (const Role role : claims.roles) roles.emplace_back(to_string(role));
  const json::object payload{{"iss", rules.issuer},
                             {"aud", rules.audience},
                             {"sub", claims.user.to_string()},
                             {"roles", std::move(roles)},
                             {"iat", to_seconds(claims.issued_at)},
                             {"nbf", to_seconds(claims.not_before)},
                             {"exp", to_seconds(claims.expires_at)},
                             {"jti", claims.token.to_string()},
                             {"sid", claims.session.to_string()}};
  std::string text =
      base64url_encode(json::serialize(header)) + '.' + base64url_encode(json::serialize(payload));
  const std::string signature = key.sign(text);
  return text + '.' + base64url_encode(signature);
}

Verified verify_token(std::string_view text, const KeySet& keys, const TokenRules& rules,
                      Instant now) {
  if (text.size() > most_token_bytes) return Rejection::too_long;
  const auto parts = split(text);
  const auto header = parts ? read_object(parts->header) : std::nullopt;
  if (!header) return Rejection::malformed;
  if (const auto rejection = check_header(*header)) return *rejection;
  const PublicKey* key = key_of(*header, keys);
  if (!key) return Rejection::unknown_key;
  const auto signature = base64url_decode(parts->signature);
  if (!signature) return Rejection::malformed;
  if (!key->verify(parts->signed_text, *signature)) return Rejection::signature;
  const auto claims = read_object(parts->payload);
  if (!claims) return Rejection::malformed;
  return check_claims(*claims, rules, now);
}

}  // namespace waybill::auth
