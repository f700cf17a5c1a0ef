#include "services/identity/domain/sessions.hpp"

#include <algorithm>

namespace waybill::identity::domain {
namespace {

Instant whole_second(Instant at) {
  return std::chrono::floor<seconds>(at);
}

}  // namespace

Use judge(const RefreshToken& token, Instant now) {
  if (token.session.ended_at) return Use::refuse;
  if (token.used_at) return Use::reuse;
  return now < token.expires_at ? Use::accept : Use::refuse;
}

Instant issue_time(Instant now, std::optional<Instant> sessions_ended_at) {
  if (!sessions_ended_at) return whole_second(now);
  return std::max(whole_second(now), whole_second(*sessions_ended_at) + seconds{1});
}

Instant end_time(Instant now, std::optional<Instant> sessions_ended_at) {
  // In the database and in events: milliseconds, not before the last one.
  return std::max(Instant{std::chrono::floor<milliseconds>(now)},
                  issue_time(now, sessions_ended_at));
}

}  // namespace waybill::identity::domain
