// Reads: from Redis where a representation is ready, else from the service that owns the object.
#pragma once

#include <string>

#include "libs/cache/cache.hpp"
#include "libs/metrics/metrics.hpp"
#include "services/gateway/edge/call.hpp"
#include "services/gateway/queries/upstreams.hpp"

namespace waybill::gateway {

// "product:{id}" with the path parameters put in; ids in lower case.
std::string cache_key(std::string_view key_template, const web::PathParams& params);

class QueryPath {
 public:
  QueryPath(cache::Cache& cache, Upstreams& upstreams);

  web::awaitable<web::Response> answer(Call call);

  // The answer of the service itself to `target`, after the owner was checked; what the service
  // refuses is a response too.
  web::awaitable<web::Response> fetch(Call call, std::string target);

 private:
  cache::Cache& cache_;
  Upstreams& upstreams_;
  metrics::Counter& hits_;
  metrics::Counter& misses_;
};

}  // namespace waybill::gateway
