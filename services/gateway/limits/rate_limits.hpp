// Counts each call per caller, route template and method, before access and body are looked at.
#pragma once

#include <memory>
#include <string>

#include "libs/cache/limiter.hpp"
#include "libs/contract/contract.hpp"
#include "libs/web/http.hpp"
#include "services/gateway/limits/limits.hpp"

namespace waybill::gateway {

// Who is counted: the user of a valid token, else the client's address, of IPv6 its /64 (one
// customer has that many addresses).
std::string limited_as(const Caller& caller, std::string_view address);

// What a counted call has to tell its client.
struct Counted {
  std::string policy;  // the name of the limit
  cache::Limit limit;
  cache::Verdict verdict;

  // RateLimit-Policy and RateLimit (IETF draft ratelimit-headers) and, for a refused call,
  // Retry-After: whole seconds, rounded up.
  void add_headers(web::Headers& headers) const;
};

class RateLimits {
 public:
  // `limiter` must outlive this and all calls of count().
  RateLimits(cache::Limiter& limiter, Limits limits);

  // nullopt: this call isn't limited. `role` is that of the limit, which may not be the caller's.
  web::awaitable<std::optional<Counted>> count(const contract::Operation& operation, Role role,
                                               std::string caller);

  // Thread-safe: calls from now on count against these.
  void set(Limits limits);

 private:
  std::shared_ptr<const Limits> limits() const;

  cache::Limiter& limiter_;
  mutable std::mutex mutex_;  // of the pointer
  std::shared_ptr<const Limits> limits_;
};

Fault too_many_calls();

}  // namespace waybill::gateway
