#include "services/gateway/edge/edge.hpp"

#include "libs/contract/json.hpp"
#include "libs/trace/trace.hpp"
#include "services/gateway/edge/access.hpp"
#include "services/gateway/edge/conditions.hpp"
#include "services/gateway/edge/encoding.hpp"
#include "services/gateway/edge/lenient.hpp"

namespace waybill::gateway {
namespace {

namespace json = boost::json;

std::string_view upstream_of(const contract::Operation& operation) {
  if (operation.command) return operation.command->queue;
  if (operation.query) return operation.query->service;
  if (operation.direct) return operation.direct->service;
  return {};
}

std::string allow_header(const std::vector<std::string>& methods) {
  std::string text;
  for (const std::string& method : methods) text += method + ", ";
  return text + "OPTIONS";
}

Fault unsupported_type(const contract::Operation& operation) {
  return {FaultKind::unsupported,
          "unsupported-type",
          fmt::format("The body must be {}.", fmt::join(operation.media_types, " or ")),
          {}};
}

web::Response refusal(const Fault& fault, const web::Request& request) {
  auto response = web::problem_response(fault, request);
  if (fault.kind == FaultKind::unauthenticated && request.headers.has("Authorization")) {
    response.headers.set("WWW-Authenticate", R"(Bearer error="invalid_token")");
  }
  return response;
}

// The body as JSON; null without one. A body that the operation does not take is not looked at.
Result<std::optional<json::value>> read_body(const contract::Contract& contract,
                                             const contract::Operation& operation,
                                             const web::Request& request) {
  if (!operation.has_body || request.body.empty()) return std::optional<json::value>{};
  const std::string_view type = request.headers.get("Content-Type");
  if (!contract.accepts(operation, type)) return unsupported_type(operation);
  auto body = contract::is_form(type) ? contract::parse_form(request.body)
                                      : contract::parse_json(request.body);
  if (!body) return body.error();
  return std::optional<json::value>{std::move(*body)};
}

void describe(trace::Span& span, const contract::Operation* operation, int status) {
  if (operation) {
    span.rename(operation->method + ' ' + operation->path);
    span.set("http.route", operation->path);
  }
  span.set("http.response.status_code", std::to_string(status));
  if (status >= 500) span.failed();
}

web::awaitable<web::Response> answer_at_once(web::Response response) {
  co_return response;
}

}  // namespace

Edge::Edge(std::shared_ptr<const Rules> rules, Checks checks, Paths paths, AccessLog& access_log,
           std::chrono::milliseconds deadline)
    : rules_{std::move(rules)},
      checks_{checks},
      paths_{paths},
      access_log_{access_log},
      deadline_{deadline} {}

web::awaitable<web::Response> Edge::handle(web::Request& request) {
  const auto start = std::chrono::steady_clock::now();
  request.deadline = start + deadline_;
  Trail trail{rules_};
  web::Response response;
  request.client = checks_.proxies.client_of(request);
  trace::Span span{request.method, trace::Kind::server, request.trace.traceparent};
  span.hand_on(request.trace.traceparent);
  try {
    response = co_await answer(request, trail);
  } catch (const web::BodyBroken& broken) {
    if (trail.visit) trail.visit->failed("body-broken", broken.status() ? broken.status() : 400);
    throw;  // the server answers
  }
  response = apply_conditions(request, std::move(response));
  encode(request, response);
  paths_.cors.dress(request, response);
  const std::string_view mode = checks_.authenticator.announced_mode();
  if (!mode.empty()) response.headers.add("Waybill-Access", std::string{mode});
  const auto elapsed = std::chrono::steady_clock::now() - start;
  trail.visit->answered(response.status);
  describe(span, trail.operation, response.status);
  if (access_log_.wants(response.status)) {
    const std::string_view route = trail.operation ? trail.operation->path : std::string_view{"-"};
    const std::string_view upstream = trail.operation ? upstream_of(*trail.operation) : "";
    access_log_.add(request, {route, upstream, trail.caller, response, elapsed});
  }
  co_return response;
}

std::optional<std::uint64_t> Edge::streams(const web::Request& request) const {
  const auto match = rules_->contract.match(request.method, request.path);
  if (!match.value || !match.value->direct || !match.value->direct->streams) return std::nullopt;
  return match.value->direct->most_bytes;
}

web::awaitable<web::Response> Edge::answer(web::Request& request, Trail& trail) {
  const auto match = trail.rules->contract.match(request.method, request.path);
  trail.visit.emplace(meters_.of(request.method, match.route));
  // To look is not to do: what a command does for GET, HEAD must not.
  const bool looks_only = match.value && match.value->command && request.method == "HEAD";
  if (!match.value || looks_only) {
    const auto allowed = looks_only ? std::vector<std::string>{"GET"} : match.allowed;
    web::Response other = answer_other(*trail.rules, request, allowed);
    if (trail.rules->contract.is_lenient(request.path)) make_lenient(request, other);
    co_return other;
  }
  trail.operation = match.value;
  web::Response response = co_await admit(match.params, request, trail);
  if (match.value->lenient) make_lenient(request, response);
  co_return response;
}

web::awaitable<web::Response> Edge::admit(const web::PathParams& params, web::Request& request,
                                          Trail& trail) {
  const contract::Operation& operation = *trail.operation;
  // Before anything that costs: a refusal has to stay cheap when there are many.
  if (operation.command && paths_.admission.is_full(operation)) {
    co_return refusal(paths_.admission.refuse(operation), request);
  }
  const auto known = co_await checks_.authenticator.authenticate(request);
  if (!known) co_return refusal(known.error(), request);
  trail.caller = known->caller;
  trail.standing = known->standing;

  std::string counted_as = limited_as(known->caller, request.client);
  const auto counted =
      co_await checks_.limits.count(operation, known->limited_as, std::move(counted_as));
  web::Response response;
  if (counted && !counted->verdict.admitted) {
    response = refusal(too_many_calls(), request);
  } else {
    response = co_await admit_counted(params, request, trail);
  }
  if (counted) counted->add_headers(response.headers);
  co_return response;
}

web::awaitable<web::Response> Edge::admit_counted(const web::PathParams& params,
                                                  web::Request& request, const Trail& trail) {
  const contract::Operation& operation = *trail.operation;
  const contract::Contract& contract = trail.rules->contract;
  const Call call{contract, operation, params, request, trail.caller, trail.standing};
  if (const auto fault = refuse_access(call)) co_return refusal(*fault, request);
  if (!contract.may_exist(operation, params)) co_return refusal(absent(), request);

  auto body = read_body(contract, operation, request);
  if (!body) co_return refusal(body.error(), request);
  if (operation.lenient && *body) contract.relax(operation, **body);
  const json::value* value = *body ? &**body : nullptr;
  const auto violations = contract.validate(operation, params, request, value);
  if (!violations.empty()) {
    co_return refusal(contract::validation_fault(operation, violations), request);
  }
  web::Response response = co_await dispatch(call, value);
  co_return response;
}

web::awaitable<web::Response> Edge::dispatch(Call call, const json::value* body) {
  if (call.operation.query) return paths_.queries.answer(call);
  if (call.operation.command) return command(call, body);
  if (call.operation.direct && call.operation.direct->streams) {
    return paths_.direct.answer_stream(call);
  }
  if (call.operation.direct) return paths_.direct.answer(call, body);
  if (call.operation.events) return paths_.events.answer(call);
  if (call.operation.id == kGetOperation) return paths_.operations.answer(call);
  return answer_at_once(answer_health(call));
}

web::awaitable<web::Response> Edge::command(Call call, const json::value* body) {
  const auto pass = co_await paths_.admission.enter(call.operation, call.request.deadline);
  if (!pass) co_return refusal(paths_.admission.refuse(call.operation), call.request);
  web::Response response = co_await paths_.commands.answer(call, body);
  co_return response;
}

web::Response Edge::answer_health(const Call& call) const {
  if (call.operation.id == kGetLiveness) {
    return {200, "application/json", R"({"status":"live"})"};
  }
  return {paths_.health.is_ready() ? 200 : 503, "application/json", paths_.health.to_json()};
}

// What is not in the contract: the docs, other methods, nothing.
web::Response Edge::answer_other(const Rules& rules, const web::Request& request,
                                 const std::vector<std::string>& allowed) const {
  if (allowed.empty()) {
    auto page = rules.docs.answer(request);
    return page ? std::move(*page)
                : web::problem_response(not_found("There is no such path."), request);
  }
  web::Response response;
  response.status = 204;
  if (request.method != "OPTIONS") {
    const Fault fault{FaultKind::not_allowed,
                      "method-not-allowed",
                      "This path does not take " + request.method + ".",
                      {}};
    response = web::problem_response(fault, request);
  }
  response.headers.add("Allow", allow_header(allowed));
  return response;
}

}  // namespace waybill::gateway
