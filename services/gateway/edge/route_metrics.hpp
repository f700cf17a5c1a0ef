// Counters and times per route. All of them are looked up once, at the start.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <unordered_map>

#include "libs/contract/contract.hpp"
#include "libs/metrics/metrics.hpp"

namespace waybill::gateway {

class RouteMetrics {
 public:
  explicit RouteMetrics(const contract::Contract& contract);

  // `operation` is nullptr for requests that no operation of the contract answers.
  void observe(const contract::Operation* operation, int status,
               std::chrono::steady_clock::duration elapsed) const;

 private:
  struct Route {
    Route(const std::string& path, const std::string& method);
    std::array<metrics::Counter*, 5> by_class;  // 1xx … 5xx
    metrics::Histogram& seconds;
  };

  std::unordered_map<const contract::Operation*, Route> routes_;
  Route other_;
};

}  // namespace waybill::gateway
