// What becomes of the requests of each HTTP route, told by every server of ours in the same words:
//   http_requests_total{service,route,method}         begun
//   http_requests_in_progress{service,route,method}
//   http_responses_total{service,route,method,status} by the answer's code: "404"
//   http_request_duration_seconds{service,route,method}
//   http_exceptions_total{service,route,method,kind}  what ended without an answer of its handler
// `route` is the template ("/v1/orders/{id}"), never the path.
//   const auto match = routes_.match(request.method, request.path);
//   web::Visit visit{meters_.of(request.method, match.route)};
//   …
//   visit.answered(response.status);
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "libs/metrics/metrics.hpp"

namespace waybill::web {

// One thread, the server's: codes are looked up when they come for the first time.
class RouteMeter {
 public:
  RouteMeter(std::string_view method, std::string_view route);

 private:
  friend class Visit;
  metrics::Counter& responses(int status);

  const metrics::Labels labels_;
  metrics::Counter& requests_;
  metrics::Gauge& in_progress_;
  metrics::Histogram& seconds_;
  std::map<int, metrics::Counter*> responses_;
};

class RouteMeters {
 public:
  // "other" where the route is empty, since the path is none, and for methods that HTTP has not.
  RouteMeter& of(std::string_view method, std::string_view route);

 private:
  std::map<std::string, RouteMeter, std::less<>> meters_;
};

// One request, from here to its end; without answered() it ended with an exception.
class Visit {
 public:
  explicit Visit(RouteMeter& meter);
  ~Visit();
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  void answered(int status) { status_ = status; }
  // An exception of this kind, one of few, that the server answers with `status`.
  void failed(const std::string& kind, int status);

 private:
  RouteMeter& meter_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  int status_ = 0;
  bool told_ = false;  // the exception is counted
};

}  // namespace waybill::web
