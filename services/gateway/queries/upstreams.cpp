#include "services/gateway/queries/upstreams.hpp"

#include "libs/log/log.hpp"

namespace waybill::gateway {

Upstreams::Upstreams(boost::asio::io_context& io,
                     const std::map<std::string, std::string>& addresses) {
  for (const auto& [service, address] : addresses) {
    clients_.emplace(service, std::make_unique<web::Client>(io, address));
  }
}

web::awaitable<Result<web::Response>> Upstreams::get(const std::string& service, std::string target,
                                                     const Caller& caller,
                                                     const TraceContext& trace) {
  web::ClientRequest request;
  request.target = std::move(target);
  auto response = co_await send(service, std::move(request), caller, trace);
  // What broke is for the log; the client learns that it may try again.
  if (!response) co_return unavailable("This can't be read at the moment.");
  co_return response;
}

web::awaitable<Result<web::Response>> Upstreams::send(const std::string& service,
                                                      web::ClientRequest request,
                                                      const Caller& caller,
                                                      const TraceContext& trace) {
  request.headers.add("Waybill-Caller", to_header(caller));
  request.headers.add("X-Correlation-ID", trace.correlation_id);
  request.headers.add("traceparent", child_traceparent(trace.traceparent));
  auto response = co_await clients_.at(service)->send(std::move(request));
  if (!response) {
    log::warn("gateway.upstream-failed", {{"upstream", service},
                                          {"correlation_id", trace.correlation_id},
                                          {"reason", response.error().detail}});
  }
  co_return response;
}

}  // namespace waybill::gateway
