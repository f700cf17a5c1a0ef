#include "services/gateway/tokens/tokens.hpp"

#include <boost/asio/post.hpp>
#include <strings.h>

#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"

namespace waybill::gateway {
namespace {

constexpr const char* kTopic = "waybill.users";
constexpr std::string_view kScheme = "Bearer ";

Fault not_valid() {
  return {FaultKind::unauthenticated, "unauthenticated", "The token is not valid.", {}};
}

Fault cannot_tell() {
  return unavailable("Tokens can't be checked at the moment.");
}

// The reason is for operators; who sent the token hears only that it is no good (RFC 8725).
Fault reject(auth::Rejection reason, const web::Request& request) {
  const std::string text{to_string(reason)};
  metrics::counter("auth_tokens_rejected_total", "Tokens that were not accepted.",
                   {{"reason", text}})
      .add();
  log::info("auth.token-rejected", {{"reason", text},
                                    {"client", request.client},
                                    {"correlation_id", request.trace.correlation_id}});
  return not_valid();
}

class PassStanding final : public Standing {
 public:
  PassStanding(std::shared_ptr<const Revocations> revocations, const Pass& pass,
               std::chrono::seconds tolerance)
      : revocations_{std::move(revocations)}, pass_{pass}, tolerance_{tolerance} {}

  bool holds() const override {
    return now() < pass_.expires_at + tolerance_ && !revocations_->cover(pass_);
  }

 private:
  const std::shared_ptr<const Revocations> revocations_;
  const Pass pass_;
  const std::chrono::seconds tolerance_;
};

}  // namespace

std::optional<std::string_view> bearer_token(const web::Headers& headers) {
  std::optional<std::string_view> token;
  for (const auto& [name, value] : headers) {
    if (strcasecmp(name.c_str(), "Authorization") != 0) continue;
    if (token) return std::string_view{};
    const std::string_view text{value};
    const bool is_bearer = text.size() > kScheme.size() &&
                           strncasecmp(text.data(), kScheme.data(), kScheme.size()) == 0;
    token = is_bearer ? text.substr(kScheme.size()) : std::string_view{};
  }
  return token;
}

Tokens::Tokens(boost::asio::io_context& io, Upstreams& upstreams, messaging::KafkaBroker& kafka,
               Options options)
    : io_{io},
      options_{std::move(options)},
      keys_{io, upstreams},
      feed_{kafka, kTopic, options_.life, [this](std::vector<Revocation> told) {
              boost::asio::post(io_, [revocations = revocations_, told = std::move(told)] {
                for (const Revocation& revocation : told) revocations->add(revocation, now());
              });
            }} {}

void Tokens::add_checks(runtime::Health& health) const {
  // Whoever begins to answer knows which tokens are no good any more, if that can be known.
  health.add("revocations-at-start", [this] { return feed_.has_begun(); });
  health.add_optional("revocations", [this] { return feed_.is_current(); });
  health.add_optional("token-keys", [this] { return keys_.are_known(); });
}

void Tokens::start() {
  boost::asio::post(io_, [this] { keys_.start(); });
  feed_.start();
}

void Tokens::stop() {
  feed_.stop();
}

web::awaitable<Result<Pass>> Tokens::check(std::string_view token, const web::Request& request) {
  if (auto known = cache_.find(token, now() - options_.rules.tolerance)) {
    if (!revocations_->cover(*known)) co_return *known;
    cache_.drop(token);
    co_return reject(auth::Rejection::revoked, request);
  }
  const auth::Verified verified = co_await verify(token);
  if (const auto* reason = std::get_if<auth::Rejection>(&verified)) {
    // Without any key nobody can tell: that is no fault of the token.
    if (*reason == auth::Rejection::unknown_key && !keys_.are_known()) co_return cannot_tell();
    co_return reject(*reason, request);
  }
  const Pass pass = Pass::of(std::get<auth::Claims>(verified));
  if (revocations_->cover(pass)) co_return reject(auth::Rejection::revoked, request);
  cache_.add(token, pass);
  co_return pass;
}

std::shared_ptr<const Standing> Tokens::standing_of(const Pass& pass) const {
  return std::make_shared<PassStanding>(revocations_, pass, options_.rules.tolerance);
}

web::awaitable<auth::Verified> Tokens::verify(std::string_view token) {
  auth::Verified verified = auth::verify_token(token, keys_.present(), options_.rules, now());
  const auto* reason = std::get_if<auth::Rejection>(&verified);
  if (!reason || *reason != auth::Rejection::unknown_key) co_return verified;
  const bool asked = co_await keys_.ask_again();
  if (asked) verified = auth::verify_token(token, keys_.present(), options_.rules, now());
  co_return verified;
}

}  // namespace waybill::gateway
