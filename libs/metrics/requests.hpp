// How much this process is asked, whatever way it comes:
//   metrics::Requests requests_{"http"};
//   …
//   requests_.add();
// gives service_requests_total{service,kind} and service_rps{service,kind}, the mean of the last
// ten whole seconds, put together when /metrics is read. Thread-safe.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "libs/metrics/metrics.hpp"

namespace waybill::metrics {

// Counts by second; what is older than ten seconds is forgotten.
class LastSeconds {
 public:
  static constexpr std::int64_t kSeconds = 10;

  void add(std::int64_t second, double amount);
  // Per second, of the ten seconds before `second`, which is not over yet.
  double rate(std::int64_t second) const;

 private:
  struct Slot {
    std::int64_t second = -1;
    double amount = 0;
  };
  std::array<Slot, kSeconds + 1> slots_;
};

class Requests {
 public:
  // `kind` is one of few: http, message, update.
  explicit Requests(const std::string& kind);
  void add(double amount = 1);

 private:
  struct Shared;  // those of a kind count together
  std::shared_ptr<Shared> shared_;
};

}  // namespace waybill::metrics
