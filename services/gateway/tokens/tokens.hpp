// Bearer tokens (RFC 6750): from the header to the caller. Keys come from identity over HTTP,
// revocations over Kafka; verified tokens are remembered until they expire. Io thread only, but for
// start() and stop().
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "libs/auth/tokens.hpp"
#include "libs/messaging/broker.hpp"
#include "libs/runtime/health.hpp"
#include "libs/web/http.hpp"
#include "services/gateway/edge/call.hpp"
#include "services/gateway/tokens/revocation_feed.hpp"
#include "services/gateway/tokens/revocations.hpp"
#include "services/gateway/tokens/token_cache.hpp"
#include "services/gateway/tokens/token_keys.hpp"

namespace waybill::gateway {

// The token of the header Authorization. nullopt: there is no such header. Empty: there is, but not
// with one bearer token.
std::optional<std::string_view> bearer_token(const web::Headers& headers);

class Tokens {
 public:
  struct Options {
    auth::TokenRules rules;
    std::chrono::milliseconds life{30 * 60 * 1'000};  // of a token, at most
  };
  // All of these must outlive the io thread's work.
  Tokens(boost::asio::io_context& io, Upstreams& upstreams, messaging::KafkaBroker& kafka,
         Options options);

  // Adds the checks `token-keys`, `revocations` and `revocations-at-start`.
  void add_checks(runtime::Health& health) const;
  void start();
  // Blocking; not on the io thread.
  void stop();

  // Whose token it is; a fault `unauthenticated` for one that is not accepted, whose reason is in
  // the log; `unavailable` before any key is known.
  web::awaitable<Result<Pass>> check(std::string_view token, const web::Request& request);
  // Holds until the pass expires or is revoked.
  std::shared_ptr<const Standing> standing_of(const Pass& pass) const;

 private:
  web::awaitable<auth::Verified> verify(std::string_view token);

  boost::asio::io_context& io_;
  const Options options_;
  TokenKeys keys_;
  TokenCache cache_;
  std::shared_ptr<Revocations> revocations_ = std::make_shared<Revocations>();
  RevocationFeed feed_;  // last: it uses the above
};

}  // namespace waybill::gateway
