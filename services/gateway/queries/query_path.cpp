#include "services/gateway/queries/query_path.hpp"

#include "services/gateway/edge/access.hpp"
#include "services/gateway/edge/conditions.hpp"

namespace waybill::gateway {
namespace {

metrics::Counter& cache_counter(const std::string& outcome) {
  return metrics::counter("gateway_cache_total", "Reads that asked the cache first.",
                          {{"outcome", outcome}});
}

web::Response cached_response(const Call& call, cache::Representation&& cached) {
  if (!may_see(call, cached.owner)) return web::problem_response(absent(), call.request);
  web::Response response{200, "application/json", std::move(cached.body)};
  response.headers.add("ETag", etag_of(cached.version));
  return response;
}

// What of a service's answer is for the client.
web::Response passed_on(web::Response&& upstream) {
  web::Response response;
  response.status = upstream.status;
  for (const std::string_view name : {"Content-Type", "Content-Disposition", "ETag", "Link",
                                      "Cache-Control", "Retry-After", "X-Total-Count"}) {
    const std::string_view value = upstream.headers.get(name);
    if (!value.empty()) response.headers.add(name, std::string{value});
  }
  response.body = std::move(upstream.body);
  return response;
}

}  // namespace

std::string cache_key(std::string_view key_template, const web::PathParams& params) {
  std::string key;
  while (!key_template.empty()) {
    const auto open = key_template.find('{');
    key += key_template.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = key_template.find('}', open);
    const std::string_view value =
        web::param(params, key_template.substr(open + 1, close - open - 1));
    for (const char c : value) key += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    key_template.remove_prefix(close == std::string_view::npos ? key_template.size() : close + 1);
  }
  return key;
}

QueryPath::QueryPath(cache::Cache& cache, Upstreams& upstreams)
    : cache_{cache},
      upstreams_{upstreams},
      hits_{cache_counter("hit")},
      misses_{cache_counter("miss")} {}

web::awaitable<web::Response> QueryPath::answer(Call call) {
  const contract::QueryTarget& target = *call.operation.query;
  if (!target.cache.empty()) {
    std::string key = cache_key(target.cache, call.params);
    auto cached = co_await cache_.get(std::move(key));
    if (cached) {
      hits_.add();
      co_return cached_response(call, std::move(*cached));
    }
    misses_.add();
  }
  std::string same_target = call.request.target;
  web::Response response = co_await fetch(call, std::move(same_target));
  co_return response;
}

web::awaitable<web::Response> QueryPath::fetch(Call call, std::string target) {
  auto upstream = co_await upstreams_.get(call.operation.query->service, std::move(target), call);
  if (!upstream) co_return web::problem_response(upstream.error(), call.request);
  const bool owned = call.operation.access == contract::Access::owner;
  const bool foreign =
      upstream->status == 200 && !may_see(call, upstream->headers.get("Waybill-Owner"));
  // One text for both, or it would tell which ids exist.
  if (owned && (foreign || upstream->status == 404)) {
    co_return web::problem_response(absent(), call.request);
  }
  co_return passed_on(std::move(*upstream));
}

}  // namespace waybill::gateway
