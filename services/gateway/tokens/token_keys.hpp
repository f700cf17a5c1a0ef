// The keys that tokens are signed with, as identity publishes them. What was learned is kept while
// identity is away. Io thread only.
#pragma once

#include <chrono>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "libs/auth/keys.hpp"
#include "services/gateway/queries/upstreams.hpp"

namespace waybill::gateway {

class TokenKeys {
 public:
  // Both must outlive the io thread's work.
  TokenKeys(boost::asio::io_context& io, Upstreams& upstreams);
  ~TokenKeys();

  // Asks for the keys, again and again until there are some and then every five minutes.
  void start();
  // Empty before the first answer.
  const auth::KeySet& present() const;
  bool are_known() const;  // thread-safe
  // A key is missing: asks identity again, at most once in ten seconds over all callers. Returns
  // when there is an answer; false when it was too early to ask.
  web::awaitable<bool> ask_again();

 private:
  struct State;

  static web::awaitable<void> fetch(std::shared_ptr<State> state);
  static web::awaitable<void> keep_fresh(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

}  // namespace waybill::gateway
