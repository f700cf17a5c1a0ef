// Calls to the outside: a server, a broker, a disk. Each observes
// integration_request_duration_seconds{service,target,operation,outcome} when it ends, failures
// included.
//   static const metrics::OutgoingKind statements{"postgresql", "statement"};
//   metrics::Outgoing call{statements};
//   …
//   call.succeeded();
#pragma once

#include "libs/metrics/metrics.hpp"

namespace waybill::metrics {

// Keep it where calls are many: making one looks metrics up. Target and operation become labels, so
// there are few of them. Make it after name_process().
class OutgoingKind {
 public:
  OutgoingKind(const std::string& target, const std::string& operation);

  void observe(std::chrono::steady_clock::duration elapsed, bool succeeded) const {
    (succeeded ? ok_ : failed_).observe(elapsed);
  }

 private:
  Histogram& ok_;
  Histogram& failed_;
};

class Outgoing {
 public:
  explicit Outgoing(const OutgoingKind& kind) : kind_{kind} {}
  Outgoing(const std::string& target, const std::string& operation) : kind_{target, operation} {}
  ~Outgoing() { kind_.observe(std::chrono::steady_clock::now() - start_, succeeded_); }
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;

  // Without it the outcome is `failed`.
  void succeeded() { succeeded_ = true; }

 private:
  const OutgoingKind kind_;
  bool succeeded_ = false;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace waybill::metrics
