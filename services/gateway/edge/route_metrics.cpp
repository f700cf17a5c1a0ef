#include "services/gateway/edge/route_metrics.hpp"

namespace waybill::gateway {

RouteMetrics::Route::Route(const std::string& path, const std::string& method)
    : by_class{},
      seconds{metrics::histogram("http_request_seconds",
                                 "Time from the whole request to its answer.",
                                 {{"route", path}, {"method", method}})} {
  for (std::size_t i = 0; i < by_class.size(); ++i) {
    by_class[i] = &metrics::counter(
        "http_requests_total", "Requests answered.",
        {{"route", path}, {"method", method}, {"status", fmt::format("{}xx", i + 1)}});
  }
}

RouteMetrics::RouteMetrics(const contract::Contract& contract) : other_{"other", "other"} {
  for (const contract::Operation* operation : contract.operations()) {
    routes_.emplace(operation, Route{operation->path, operation->method});
  }
}

void RouteMetrics::observe(const contract::Operation* operation, int status,
                           std::chrono::steady_clock::duration elapsed) const {
  const auto found = routes_.find(operation);
  const Route& route = found == routes_.end() ? other_ : found->second;
  const auto index = static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1);
  route.by_class[index]->add();
  route.seconds.observe(elapsed);
}

}  // namespace waybill::gateway
