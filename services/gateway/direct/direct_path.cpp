#include "services/gateway/direct/direct_path.hpp"

#include <span>

namespace waybill::gateway {
namespace {

Fault no_answer(const Fault& fault) {
  if (fault.code == web::kBusy) {
    return unavailable("The service can't do this at the moment; nothing was done.");
  }
  return unavailable(
      "The service does not answer; it is not known whether this was done. Look before you retry.");
}

using Names = std::span<const std::string_view>;

constexpr std::string_view kAsked[]{"If-Match", "Idempotency-Key",
                                    "X-Telegram-Bot-Api-Secret-Token"};
constexpr std::string_view kStreamAsked[]{"Content-Type", "Content-Disposition", "Range",
                                          "If-Range",     "If-None-Match",       "Repr-Digest"};
constexpr std::string_view kAnswered[]{"Content-Type",  "Location",         "ETag",
                                       "Cache-Control", "WWW-Authenticate", "Retry-After"};
constexpr std::string_view kStreamAnswered[]{"Content-Length",
                                             "Content-Range",
                                             "Content-Disposition",
                                             "Accept-Ranges",
                                             "Repr-Digest",
                                             "Last-Modified",
                                             "Content-Security-Policy",
                                             "X-Content-Type-Options",
                                             "Cross-Origin-Resource-Policy"};

void copy(const web::Headers& from, Names names, web::Headers& to) {
  for (const std::string_view name : names) {
    const std::string_view value = from.get(name);
    if (!value.empty()) to.add(name, std::string{value});
  }
}

web::ClientRequest request_of(const Call& call) {
  web::ClientRequest request;
  request.method = call.request.method;
  request.target = call.request.target;
  request.deadline = call.request.deadline;
  request.headers.add("Waybill-Client-Address", call.request.client);
  copy(call.request.headers, kAsked, request.headers);
  return request;
}

// What of the service's answer is for the client.
web::Response passed_on(web::Response&& upstream) {
  web::Response response;
  response.status = upstream.status;
  copy(upstream.headers, kAnswered, response.headers);
  response.body = std::move(upstream.body);
  return response;
}

}  // namespace

web::awaitable<web::Response> DirectPath::answer(Call call, const boost::json::value* body) {
  web::ClientRequest request = request_of(call);
  if (body) {
    request.headers.add("Content-Type", "application/json");
    request.body = call.contract.to_direct_body(call.operation, *body);
  }
  const contract::DirectTarget& target = *call.operation.direct;
  const auto patience = target.patient ? Patience::of_the_service : Patience::of_the_caller;
  auto upstream = co_await upstreams_.send(target.service, std::move(request), call.caller,
                                           call.request.trace, patience);
  if (!upstream) co_return web::problem_response(no_answer(upstream.error()), call.request);
  co_return passed_on(std::move(*upstream));
}

web::awaitable<web::Response> DirectPath::answer_stream(Call call) {
  web::ClientRequest request = request_of(call);
  copy(call.request.headers, kStreamAsked, request.headers);
  request.source = call.request.source;
  auto upstream = co_await upstreams_.open(call.operation.direct->service, std::move(request),
                                           call.caller, call.request.trace);
  if (!upstream) co_return web::problem_response(no_answer(upstream.error()), call.request);
  web::Response response = passed_on(std::move(*upstream));
  copy(upstream->headers, kStreamAnswered, response.headers);
  response.stream = upstream->stream;
  co_return response;
}

}  // namespace waybill::gateway
