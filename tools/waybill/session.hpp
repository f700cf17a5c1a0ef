// Signed in at the gateway, for as long as a run lasts: tokens live half an hour, imports longer.
// Runs on one io_context, like web::Client.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include "libs/async/async.hpp"
#include "libs/config/settings.hpp"
#include "libs/web/client.hpp"

namespace waybill::tool {

// The gateway does not take this account; what() says what to do.
class SignInRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// How a run is allowed in: a token as it is, or an account. Neither: it asks as nobody.
struct Credentials {
  std::string token;
  std::string email;
  config::Secret password;
};

class Session {
 public:
  // `client` must outlive the session.
  Session(boost::asio::io_context& io, web::Client& client, Credentials credentials);

  // Is there an account to sign in with?
  bool is_needed() const { return !credentials_.email.empty(); }
  // The present token; signs in, or renews it well before it expires. Empty without credentials,
  // and while the gateway is away or lets nobody sign in (429, 503). Throws SignInRefused.
  async::awaitable<std::string> token();
  // True when there is a way to another token than `refused`, which the gateway did not take.
  bool drop(const std::string& refused);

 private:
  using Clock = std::chrono::steady_clock;

  async::awaitable<void> renew();
  async::awaitable<int> ask(boost::json::object grant);

  boost::asio::io_context& io_;
  web::Client& client_;
  const Credentials credentials_;
  std::string token_;
  std::string refresh_token_;
  Clock::time_point renew_at_ = Clock::time_point::max();
  std::shared_ptr<async::Event> under_way_;  // a renewal that others wait for
};

}  // namespace waybill::tool
