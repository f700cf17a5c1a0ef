#include "services/gateway/tokens/revocations.hpp"

#include "libs/log/log.hpp"

namespace waybill::gateway {
namespace {

constexpr std::chrono::minutes kForget{1};

}  // namespace

Pass Pass::of(const auth::Claims& claims) {
  return {claims.caller(), claims.token, claims.session, claims.issued_at, claims.expires_at};
}

void Revocations::add(const Revocation& revocation, Instant now) {
  if (revocation.until <= now) return;
  if (now - forgot_at_ >= kForget || size() >= most_) forget_old(now);
  if (size() >= most_) {
    log::error("auth.too-many-revocations", {{"effect", "all callers have to sign in again"}});
    ends_.clear();
    users_.clear();
    floor_ = now;
  }
  if (revocation.token || revocation.session) {
    Instant& until = ends_[revocation.token ? *revocation.token : *revocation.session];
    until = std::max(until, revocation.until);
  } else {
    UserEnd& end = users_[revocation.user];
    end.at = std::max(end.at, revocation.at);
    end.until = std::max(end.until, revocation.until);
  }
}

bool Revocations::cover(const Pass& pass) const {
  if (pass.issued_at <= floor_) return true;
  if (ends_.contains(pass.token) || ends_.contains(pass.session)) return true;
  if (!pass.caller.user) return false;
  const auto user = users_.find(*pass.caller.user);
  return user != users_.end() && pass.issued_at <= user->second.at;
}

void Revocations::forget_old(Instant now) {
  forgot_at_ = now;
  std::erase_if(ends_, [now](const auto& entry) { return entry.second <= now; });
  std::erase_if(users_, [now](const auto& entry) { return entry.second.until <= now; });
}

}  // namespace waybill::gateway
