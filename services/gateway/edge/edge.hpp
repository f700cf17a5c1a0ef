// What every request goes through, in this order: route, caller, rate limit, access, body,
// contract; then the path of its kind. No step knows an endpoint.
#pragma once

#include "libs/contract/contract.hpp"
#include "libs/runtime/health.hpp"
#include "libs/web/http.hpp"
#include "libs/web/route_meter.hpp"
#include "services/gateway/commands/command_path.hpp"
#include "services/gateway/commands/operations.hpp"
#include "services/gateway/direct/direct_path.hpp"
#include "services/gateway/edge/access_log.hpp"
#include "services/gateway/edge/admission.hpp"
#include "services/gateway/edge/authenticator.hpp"
#include "services/gateway/edge/cors.hpp"
#include "services/gateway/edge/proxies.hpp"
#include "services/gateway/edge/rules.hpp"
#include "services/gateway/events/event_path.hpp"
#include "services/gateway/limits/rate_limits.hpp"
#include "services/gateway/queries/query_path.hpp"

namespace waybill::gateway {

// What decides whether a request gets on. Everything must outlive the server.
struct Checks {
  Authenticator& authenticator;
  RateLimits& limits;
  const Proxies& proxies;
};

// Where requests go. Everything must outlive the server.
struct Paths {
  CommandPath& commands;
  QueryPath& queries;
  DirectPath& direct;
  EventPath& events;
  Operations& operations;
  const runtime::Health& health;
  Admission& admission;
  const Cors& cors;
};

class Edge final : public web::Handler {
 public:
  // `deadline` is the time for a read to be answered and for a command to be with its broker.
  Edge(std::shared_ptr<const Rules> rules, Checks checks, Paths paths, AccessLog& access_log,
       std::chrono::milliseconds deadline);

  // For requests from now on. On the io thread.
  void set_rules(std::shared_ptr<const Rules> rules) { rules_ = std::move(rules); }

  web::awaitable<web::Response> handle(web::Request& request) override;
  std::optional<std::uint64_t> streams(const web::Request& request) const override;

 private:
  // What a request turned out to be, for its metrics and its line in the log.
  struct Trail {
    explicit Trail(std::shared_ptr<const Rules> in_force) : rules{std::move(in_force)} {}

    const std::shared_ptr<const Rules> rules;
    const contract::Operation* operation = nullptr;
    Caller caller;
    std::shared_ptr<const Standing> standing;
    std::optional<web::Visit> visit;
  };

  web::awaitable<web::Response> answer(web::Request& request, Trail& trail);
  web::awaitable<web::Response> admit(const web::PathParams& params, web::Request& request,
                                      Trail& trail);
  web::awaitable<web::Response> admit_counted(const web::PathParams& params, web::Request& request,
                                              const Trail& trail);
  web::awaitable<web::Response> dispatch(Call call, const boost::json::value* body);
  web::awaitable<web::Response> command(Call call, const boost::json::value* body);
  web::Response answer_health(const Call& call) const;
  web::Response answer_other(const Rules& rules, const web::Request& request,
                             const std::vector<std::string>& allowed) const;

  std::shared_ptr<const Rules> rules_;
  const Checks checks_;
  Paths paths_;
  AccessLog& access_log_;
  web::RouteMeters meters_;
  const std::chrono::milliseconds deadline_;
};

}  // namespace waybill::gateway
