// Logins and their refresh tokens: what a token that comes is worth, and from when the access
// tokens of a user count again after all his sessions were ended. Pure.
#pragma once

#include <optional>

#include "libs/core/clock.hpp"
#include "libs/core/id.hpp"

namespace waybill::identity::domain {

// A login: the family of its refresh tokens.
struct Session {
  Id id;
  Id user_id;
  std::optional<Instant> ended_at;
};

struct RefreshToken {
  Session session;
  Instant expires_at;
  std::optional<Instant> used_at;
};

enum class Use {
  accept,  // take it and give the next one
  refuse,  // expired, or its family has ended
  reuse,   // it was used before: somebody has a copy, the whole family must end
};
Use judge(const RefreshToken& token, Instant now);

// `iat` of a token counts whole seconds, and all tokens up to the moment in which the sessions
// ended are void. So a token is issued in a later second than that moment, even if it has not begun
// (its readers allow clocks to differ by more), ...
Instant issue_time(Instant now, std::optional<Instant> sessions_ended_at);
// ... and the moment is not before any token that was issued so.
Instant end_time(Instant now, std::optional<Instant> sessions_ended_at);

}  // namespace waybill::identity::domain
