#include "services/gateway/queries/upstreams.hpp"

#include "libs/log/log.hpp"
#include "libs/trace/trace.hpp"

namespace waybill::gateway {
namespace {

using Clock = std::chrono::steady_clock;

// What is left of the caller's time, for the service; empty without a limit.
std::string time_left(Clock::time_point deadline) {
  if (deadline == Clock::time_point::max()) return {};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  return std::to_string(std::max<std::int64_t>(left.count(), 0));
}

double number(Breaker::State state) {
  return state == Breaker::State::closed ? 0 : state == Breaker::State::half_open ? 1 : 2;
}

Fault resting() {
  Fault fault = unavailable("A service that is needed for this does not answer.");
  fault.code = web::kBusy;
  return fault;
}

void add_headers(web::ClientRequest& request, const Caller& caller, const TraceContext& trace) {
  request.headers.add("Waybill-Caller", to_header(caller));
  request.headers.add("X-Correlation-ID", trace.correlation_id);
  request.headers.add("traceparent", trace::onward(trace.traceparent));
}

void log_failure(const std::string& upstream, const TraceContext& trace, const Fault& fault) {
  if (fault.code == web::kBusy) return;
  log::warn(
      "gateway.upstream-failed",
      {{"upstream", upstream}, {"correlation_id", trace.correlation_id}, {"reason", fault.detail}});
}

web::ClientOptions stream_options(web::ClientOptions options, std::size_t transfers) {
  options.connections = transfers;
  return options;
}

// A service that waits for somebody else says itself how long that is; this is the end of it.
constexpr std::chrono::seconds kLongest{60};

web::ClientOptions patient_options(web::ClientOptions options) {
  options.request_time = kLongest;
  return options;
}

}  // namespace

Upstreams::Service::Service(boost::asio::io_context& io, const std::string& service,
                            const std::string& address, const web::ClientOptions& options,
                            std::size_t transfers)
    : name{service},
      client{io, address, options},
      patient{io, address, patient_options(options)},
      streams{io, address, stream_options(options, transfers)},
      circuit{metrics::gauge("gateway_circuit_state",
                             "Circuit breaker of a service: 0 closed, 1 half open, 2 open.",
                             {{"upstream", service}})} {}

void Upstreams::Service::settle(const Result<web::Response>& response, Breaker::Time now) {
  const Breaker::State before = breaker.state();
  if (response) {
    breaker.succeeded();
  } else if (response.error().code == web::kBusy) {
    breaker.dropped();
  } else {
    breaker.failed(now);
  }
  const Breaker::State after = breaker.state();
  circuit.set(number(after));
  if (before == after) return;
  if (after == Breaker::State::open) log::warn("gateway.circuit-opened", {{"upstream", name}});
  if (after == Breaker::State::closed) log::info("gateway.circuit-closed", {{"upstream", name}});
}

Upstreams::Upstreams(boost::asio::io_context& io,
                     const std::map<std::string, std::string>& addresses,
                     const web::ClientOptions& options, std::size_t transfers) {
  for (const auto& [service, address] : addresses) {
    services_.emplace(service, std::make_unique<Service>(io, service, address, options, transfers));
  }
}

web::awaitable<Result<web::Response>> Upstreams::get(const std::string& service, std::string target,
                                                     const Call& call) {
  web::ClientRequest request;
  request.target = std::move(target);
  request.deadline = call.request.deadline;
  // Some resources have several forms.
  const std::string_view accept = call.request.headers.get("Accept");
  if (!accept.empty()) request.headers.add("Accept", std::string{accept});
  auto response = co_await send(service, std::move(request), call.caller, call.request.trace);
  // What broke is for the log; the client learns that it may try again.
  if (!response) co_return unavailable("This can't be read at the moment.");
  co_return response;
}

web::awaitable<Result<web::Response>> Upstreams::send(const std::string& name,
                                                      web::ClientRequest request,
                                                      const Caller& caller,
                                                      const TraceContext& trace,
                                                      Patience patience) {
  Service& service = *services_.at(name);
  if (!service.breaker.may_ask(Clock::now())) co_return resting();
  add_headers(request, caller, trace);
  const bool is_patient = patience == Patience::of_the_service;
  if (is_patient) request.deadline = Clock::time_point::max();
  const std::string left = time_left(request.deadline);
  if (!left.empty()) request.headers.add("Waybill-Time-Left", left);
  web::Client& client = is_patient ? service.patient : service.client;
  auto response = co_await client.send(std::move(request));
  service.settle(response, Clock::now());
  if (!response) log_failure(name, trace, response.error());
  co_return response;
}

web::awaitable<Result<web::Response>> Upstreams::open(const std::string& name,
                                                      web::ClientRequest request,
                                                      const Caller& caller,
                                                      const TraceContext& trace) {
  Service& service = *services_.at(name);
  if (!service.breaker.may_ask(Clock::now())) co_return resting();
  add_headers(request, caller, trace);
  // The caller's own failure says nothing of the service.
  std::exception_ptr broken;
  Result<web::Response> response = resting();
  try {
    response = co_await service.streams.open(std::move(request));
  } catch (...) {
    broken = std::current_exception();
  }
  if (broken) {
    service.breaker.dropped();
    std::rethrow_exception(broken);
  }
  service.settle(response, Clock::now());
  if (!response) log_failure(name, trace, response.error());
  co_return response;
}

}  // namespace waybill::gateway
