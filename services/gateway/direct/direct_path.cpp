#include "services/gateway/direct/direct_path.hpp"

namespace waybill::gateway {
namespace {

Fault no_answer(const Fault& fault) {
  if (fault.code == web::kBusy) {
    return unavailable("The service can't do this at the moment; nothing was done.");
  }
  return unavailable(
      "The service does not answer; it is not known whether this was done. Look before you retry.");
}

// What of the service's answer is for the client.
web::Response passed_on(web::Response&& upstream) {
  web::Response response;
  response.status = upstream.status;
  for (const std::string_view name :
       {"Content-Type", "Location", "ETag", "Cache-Control", "WWW-Authenticate", "Retry-After"}) {
    const std::string_view value = upstream.headers.get(name);
    if (!value.empty()) response.headers.add(name, std::string{value});
  }
  response.body = std::move(upstream.body);
  return response;
}

}  // namespace

web::awaitable<web::Response> DirectPath::answer(Call call, const boost::json::value* body) {
  web::ClientRequest request;
  request.method = call.request.method;
  request.target = call.request.target;
  request.deadline = call.request.deadline;
  request.headers.add("Waybill-Client-Address", call.request.client);
  for (const std::string_view name : {"If-Match", "Idempotency-Key"}) {
    const std::string_view value = call.request.headers.get(name);
    if (!value.empty()) request.headers.add(name, std::string{value});
  }
  if (body) {
    request.headers.add("Content-Type", "application/json");
    request.body = call.contract.to_direct_body(call.operation, *body);
  }
  auto upstream = co_await upstreams_.send(call.operation.direct->service, std::move(request),
                                           call.caller, call.request.trace);
  if (!upstream) co_return web::problem_response(no_answer(upstream.error()), call.request);
  co_return passed_on(std::move(*upstream));
}

}  // namespace waybill::gateway
