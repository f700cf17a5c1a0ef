#include "services/identity/direct/sessions.hpp"

#include "libs/auth/secrets.hpp"
#include "services/identity/events/user_events.hpp"

namespace waybill::identity::direct {
namespace {

TokenPair make_pair(const domain::Session& session, const store::Holder& holder, const Mint& mint) {
  auth::Claims claims;
  claims.user = session.user_id;
  claims.roles = holder.roles;
  claims.issued_at = domain::issue_time(mint.now, holder.sessions_ended_at);
  claims.not_before = claims.issued_at;
  claims.expires_at =
      claims.issued_at + std::chrono::floor<std::chrono::seconds>(mint.policy.access_life);
  claims.token = new_id();
  claims.session = session.id;
  return {auth::sign_token(claims, mint.policy.rules, mint.key), auth::new_secret(),
          session.user_id};
}

void end_family(pg::Tx& tx, outbox::Writer& out, const domain::Session& session,
                const Policy& policy, const outbox::Cause& cause, Instant now) {
  store::end_session(tx, session.id, now);
  events::tell_revoked(out, {session.user_id, session.id, {}, now, policy.last_expiry(now)}, cause);
}

}  // namespace

std::optional<TokenPair> sign_in(pg::Tx& tx, const store::Credentials& known,
                                 const std::optional<std::string>& better_hash, const Mint& mint) {
  const auto holder = store::lock_holder(tx, known.user_id, known.password.value_or(""));
  if (!holder) return std::nullopt;
  const domain::Session session{new_id(), known.user_id, {}};
  const TokenPair pair = make_pair(session, *holder, mint);
  const Instant end = mint.now + mint.policy.refresh_life;
  if (better_hash) store::set_password(tx, known.user_id, *better_hash);
  store::insert_session(tx, session, mint.now, end);
  store::insert_refresh_token(tx, auth::sha256(pair.refresh), session.id, mint.now, end);
  return pair;
}

std::optional<TokenPair> refresh(pg::Tx& tx, outbox::Writer& out, const config::Secret& token,
                                 const Mint& mint, const outbox::Cause& cause,
                                 std::optional<domain::Session>& reused) {
  const std::string hash = auth::sha256(token.reveal());
  const auto found = store::lock_refresh_token(tx, hash);
  if (!found) return std::nullopt;
  const domain::Session& session = found->token.session;
  const domain::Use use = domain::judge(found->token, mint.now);
  if (use == domain::Use::reuse) {
    end_family(tx, out, session, mint.policy, cause, mint.now);
    reused = session;
  }
  if (use != domain::Use::accept) return std::nullopt;
  const TokenPair pair = make_pair(session, found->holder, mint);
  const Instant end = mint.now + mint.policy.refresh_life;
  store::use_refresh_token(tx, hash, session.id, mint.now, end);
  store::insert_refresh_token(tx, auth::sha256(pair.refresh), session.id, mint.now, end);
  return pair;
}

std::optional<Id> revoke(pg::Tx& tx, outbox::Writer& out, const config::Secret& token,
                         const auth::KeySet& keys, const Policy& policy, const outbox::Cause& cause,
                         Instant now) {
  const auth::Verified access = auth::verify_token(token.reveal(), keys, policy.rules, now);
  if (const auto* claims = std::get_if<auth::Claims>(&access)) {
    const Instant until = claims->expires_at + policy.rules.tolerance;
    events::tell_revoked(out, {claims->user, {}, claims->token, now, until}, cause);
    return claims->user;
  }
  const auto found = store::lock_refresh_token(tx, auth::sha256(token.reveal()));
  if (!found || found->token.session.ended_at) return std::nullopt;
  end_family(tx, out, found->token.session, policy, cause, now);
  return found->token.session.user_id;
}

}  // namespace waybill::identity::direct
