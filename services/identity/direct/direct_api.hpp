// The writes that the gateway passes on by x-direct, since their bodies may hold passwords and
// tokens: registration, tokens, passwords. A request is read on the io thread, hashes on one lane,
// works in the database on another; neither blocks anything else.
#pragma once

#include <functional>

#include "libs/messaging/message.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/outbox/processor.hpp"
#include "libs/web/http.hpp"
#include "libs/web/route_meter.hpp"
#include "libs/web/router.hpp"
#include "services/identity/direct/accounts.hpp"
#include "services/identity/direct/lane.hpp"
#include "services/identity/direct/sessions.hpp"
#include "services/identity/keys/key_ring.hpp"

namespace waybill::identity::direct {

// How work becomes a transaction that is told: runtime::Backend in the service.
struct Transactions {
  std::function<void(pg::Connection&, const std::function<void(pg::Tx&, outbox::Writer&)>&)> run;
  std::function<common::v1::Outcome(
      pg::Connection&, const outbox::DirectCommand&,
      const std::function<outbox::Outcome(pg::Tx&, outbox::Writer&)>&)>
      run_once;
};

// How much is done at once, and how many may wait for it.
struct LaneSizes {
  std::size_t hash_threads = 2;
  std::size_t hash_queue = 32;
  int hash_niceness = 10;  // libs/async/priority.hpp
  std::size_t database_threads = 4;
  std::size_t database_queue = 256;
};

class DirectApi final : public web::Handler {
 public:
  DirectApi(boost::asio::io_context& io, const Policy& policy, const keys::KeyRing& keys,
            pg::Options database, Transactions transactions, LaneSizes sizes = {});

  web::awaitable<web::Response> handle(web::Request& request) override;

 private:
  using Route = web::awaitable<web::Response> (DirectApi::*)(const web::Request&);

  web::awaitable<web::Response> register_account(const web::Request& request);
  web::awaitable<web::Response> create_account(const web::Request& request);
  web::awaitable<web::Response> give_token(const web::Request& request);
  web::awaitable<web::Response> revoke_token(const web::Request& request);
  web::awaitable<web::Response> change_password(const web::Request& request);
  web::awaitable<web::Response> give_link_code(const web::Request& request);

  // The rest of both ways to an account.
  web::awaitable<web::Response> store_account(const web::Request& request,
                                              const NewAccount& account);
  web::awaitable<web::Response> sign_in(const web::Request& request, const PasswordGrant& grant);
  web::awaitable<web::Response> refresh(const web::Request& request, const RefreshGrant& grant);

  // On the database's lane, with a connection: the work's result or 503.
  template <class Work>
  web::awaitable<Result<std::invoke_result_t<Work&, pg::Connection&>>> in_database(
      const web::Request& request, Work& work);
  // On the hashing lane.
  template <class Work>
  web::awaitable<Result<std::invoke_result_t<Work&>>> hashing(const web::Request& request,
                                                              Work& work);

  const Policy policy_;
  const keys::KeyRing& keys_;
  const Transactions transactions_;
  // What unknown accounts are verified against: as slow as a real one, and right for nobody.
  const std::string decoy_;
  web::Router<Route> routes_;
  web::RouteMeters meters_;  // io thread only
  metrics::Histogram& hash_seconds_;
  metrics::Gauge& hash_queue_;
  pg::Pool connections_;
  Lane hash_lane_;  // the lanes last: their threads use the rest
  Lane database_lane_;
};

}  // namespace waybill::identity::direct
