// Access tokens: JWTs (RFC 7519) of the profile for OAuth 2.0 (RFC 9068), signed with ES256,
// checked as RFC 8725 asks. No I/O: who verifies brings the keys and the time. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "libs/auth/keys.hpp"
#include "libs/core/caller.hpp"
#include "libs/core/clock.hpp"

namespace waybill::auth {

inline constexpr std::size_t most_token_bytes = 4096;

// What a token says. Times are whole seconds, UTC.
struct Claims {
  Id user;                  // sub
  std::vector<Role> roles;  // at least one, none twice, Role::nobody never
  Instant issued_at;        // iat
  Instant not_before;       // nbf
  Instant expires_at;       // exp
  Id token;                 // jti
  Id session;               // sid: the login, which is the family of its refresh tokens

  // The highest of the roles.
  Caller caller() const;
  bool operator==(const Claims&) const = default;
};

// Whose tokens, for whom.
struct TokenRules {
  std::string issuer = "waybill";
  std::string audience = "waybill-api";
  std::chrono::seconds tolerance{5};  // for clocks that differ
};

// Why a token is refused: for logs and metrics only. The caller hears no more than that it is.
enum class Rejection {
  too_long,       // more than 4 KiB
  malformed,      // not three parts of base64url, no JSON object, a member twice
  algorithm,      // alg is not exactly ES256
  type,           // typ is not exactly at+jwt
  critical,       // has crit, whose extensions nobody here knows
  embedded_key,   // brings a key or says where there is one: jwk, jku, x5c, x5u
  unknown_key,    // no such kid: the key set may be old
  signature,      // not made by that key over these bytes
  issuer,         // another iss
  audience,       // another aud
  claims,         // a claim is absent or none of its kind
  not_yet_valid,  // before nbf
  expired,        // from exp on
  revoked,        // by those who know of revocations; verify_token never says it
};
// "unknown_key"
std::string_view to_string(Rejection reason);

using Verified = std::variant<Claims, Rejection>;

// Header, claims and signature; fractions of seconds are cut off.
std::string sign_token(const Claims& claims, const TokenRules& rules, const SigningKey& key);

// All the rules of a token but revocation; the text is what follows "Bearer ".
Verified verify_token(std::string_view text, const KeySet& keys, const TokenRules& rules,
                      Instant now);

}  // namespace waybill::auth
