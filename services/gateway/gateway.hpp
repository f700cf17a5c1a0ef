// All that the gateway is made of, in the order in which it depends on each other. What it needs
// from outside is given to it, so that a test can build it on brokers in memory.
#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "libs/cache/cache.hpp"
#include "libs/cache/limiter.hpp"
#include "libs/contract/contract.hpp"
#include "libs/messaging/broker.hpp"
#include "libs/runtime/health.hpp"
#include "libs/web/server.hpp"
#include "services/gateway/commands/command_path.hpp"
#include "services/gateway/commands/operations.hpp"
#include "services/gateway/commands/pending.hpp"
#include "services/gateway/commands/replies.hpp"
#include "services/gateway/direct/direct_path.hpp"
#include "services/gateway/edge/access_log.hpp"
#include "services/gateway/edge/admission.hpp"
#include "services/gateway/edge/edge.hpp"
#include "services/gateway/edge/open_access.hpp"
#include "services/gateway/events/event_path.hpp"
#include "services/gateway/queries/query_path.hpp"
#include "services/gateway/queries/upstreams.hpp"
#include "services/gateway/settings.hpp"
#include "services/gateway/tokens/token_access.hpp"
#include "services/gateway/tokens/tokens.hpp"

namespace waybill::gateway {

// Everything here must outlive the gateway. The io_context is run by one thread.
struct Surroundings {
  boost::asio::io_context& io;
  const contract::Contract& contract;
  messaging::RabbitBroker& rabbit;
  messaging::KafkaBroker& kafka;
  cache::Cache& cache;
  cache::Limiter& limiter;
  runtime::Health& health;
};

class Gateway {
 public:
  // Throws ContractError when the contract names what the gateway does not have.
  Gateway(const Surroundings& around, const Settings& settings, const std::string& listen);

  // Both block and must not be called on the io thread, which has to run. stop() lets present
  // requests end, for `grace` at most.
  void start();
  void stop(std::chrono::milliseconds grace);

  // What may change while it runs. The first of each looks and throws what says why not, on any
  // thread; the second puts it in force for requests from now on, on the io thread.
  std::shared_ptr<const Rules> make_rules(const contract::Contract& contract) const;
  void set_rules(std::shared_ptr<const Rules> rules) { edge_.set_rules(std::move(rules)); }
  // Limits, CORS and the access log; settings that need a restart are left alone.
  static void check(const Settings& settings);
  void set(const Settings& settings);
  void set_tls(std::shared_ptr<const web::Tls> tls);

  std::uint16_t port() const { return server_.port(); }

 private:
  void add_checks(runtime::Health& health);

  boost::asio::io_context& io_;
  const bool is_open_;  // access mode
  const std::string swagger_;
  cache::Cache& cache_;
  std::unique_ptr<messaging::Publisher> publisher_;
  Pending pending_;
  Replies replies_;
  Upstreams upstreams_;
  Admission admission_;
  QueryPath queries_;
  CommandPath commands_;
  DirectPath direct_;
  Operations operations_;
  EventPath events_;
  Tokens tokens_;
  TokenAccess by_token_;
  OpenAccess for_trials_;
  Authenticator& authenticator_;  // one of both
  RateLimits limits_;
  const Proxies proxies_;
  AccessLog access_log_;
  Cors cors_;
  Edge edge_;
  web::Server server_;  // intake: last
};

}  // namespace waybill::gateway
