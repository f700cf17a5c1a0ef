#include "libs/web/route_meter.hpp"

namespace waybill::web {
namespace {

constexpr std::array<std::string_view, 6> kMethods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
constexpr std::string_view kOther = "other";

metrics::Labels with(metrics::Labels labels, const std::string& name, const std::string& value) {
  labels.emplace_back(name, value);
  return labels;
}

}  // namespace

RouteMeter::RouteMeter(std::string_view method, std::string_view route)
    : labels_{{"service", metrics::process_name()},
              {"route", std::string{route}},
              {"method", std::string{method}}},
      requests_{metrics::counter("http_requests_total", "Requests begun.", labels_)},
      in_progress_{
          metrics::gauge("http_requests_in_progress", "Requests without an answer yet.", labels_)},
      seconds_{metrics::histogram("http_request_duration_seconds",
                                  "Time from the whole request to its answer.", labels_)} {
  // A rate counts from a counter's second value on: these must not begin with the first error.
  responses(500);
  responses(503);
}

metrics::Counter& RouteMeter::responses(int status) {
  metrics::Counter*& counter = responses_[status];
  if (!counter) {
    counter = &metrics::counter("http_responses_total", "Requests answered.",
                                with(labels_, "status", std::to_string(status)));
  }
  return *counter;
}

RouteMeter& RouteMeters::of(std::string_view method, std::string_view route) {
  const bool is_known = std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
  if (!is_known) method = kOther;
  if (route.empty()) route = kOther;
  std::string key{method};
  key.append(" ").append(route);
  const auto found = meters_.find(key);
  if (found != meters_.end()) return found->second;
  return meters_.try_emplace(std::move(key), method, route).first->second;
}

Visit::Visit(RouteMeter& meter) : meter_{meter} {
  meter_.requests_.add();
  meter_.in_progress_.add(1);
}

Visit::~Visit() {
  if (status_ == 0 && !told_) failed("exception", 500);
  meter_.responses(status_).add();
  meter_.in_progress_.add(-1);
  meter_.seconds_.observe(std::chrono::steady_clock::now() - begun_);
}

void Visit::failed(const std::string& kind, int status) {
  metrics::counter("http_exceptions_total", "Requests that ended with an exception.",
                   with(meter_.labels_, "kind", kind))
      .add();
  status_ = status;
  told_ = true;
}

}  // namespace waybill::web
