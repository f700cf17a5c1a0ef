// One call to the outside: a server, a disk. Observes
// integration_request_duration_seconds{service,target,operation,outcome} when it ends, failures
// included.
//   metrics::Outgoing call{"s3", "put"};
//   …
//   call.succeeded();
#pragma once

#include "libs/metrics/metrics.hpp"

namespace waybill::metrics {

class Outgoing {
 public:
  // Both are literals: they become labels.
  Outgoing(const char* target, const char* operation) : target_{target}, operation_{operation} {}
  ~Outgoing();
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;

  // Without it the outcome is `failed`.
  void succeeded() { outcome_ = "ok"; }

 private:
  const char* const target_;
  const char* const operation_;
  const char* outcome_ = "failed";
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace waybill::metrics
