// Requests per route, as metrics tell them.
#include "libs/web/route_meter.hpp"

#include <catch2/catch.hpp>

using namespace waybill;
using namespace waybill::web;

namespace {

// The value of a series of this route; empty: there is none.
std::string told(const std::string& name, const std::string& method, const std::string& route,
                 const std::string& more = "") {
  const std::string line = "\n" + name + "{method=\"" + method + "\",route=\"" + route +
                           "\",service=\"" + metrics::process_name() + "\"" + more + "} ";
  const std::string text = metrics::exposition();
  const auto at = text.find(line);
  if (at == std::string::npos) return {};
  const auto value = at + line.size();
  return text.substr(value, text.find('\n', value) - value);
}

}  // namespace

TEST_CASE("a request counts when it begins, and by its code when it is answered", "[web]") {
  RouteMeters meters;
  {
    Visit visit{meters.of("GET", "/v1/lamps/{id}")};
    CHECK(told("http_requests_total", "GET", "/v1/lamps/{id}") == "1");
    CHECK(told("http_requests_in_progress", "GET", "/v1/lamps/{id}") == "1");
    visit.answered(404);
  }
  CHECK(told("http_responses_total", "GET", "/v1/lamps/{id}", ",status=\"404\"") == "1");
  CHECK(told("http_requests_in_progress", "GET", "/v1/lamps/{id}") == "0");
  CHECK(told("http_request_duration_seconds_count", "GET", "/v1/lamps/{id}") == "1");
}

TEST_CASE("a request that ends without an answer is an exception, and a 500", "[web]") {
  RouteMeters meters;
  { const Visit visit{meters.of("PUT", "/v1/lamps")}; }
  CHECK(told("http_responses_total", "PUT", "/v1/lamps", ",status=\"500\"") == "1");
  const auto exceptions = metrics::exposition().find(
      "http_exceptions_total{kind=\"exception\",method=\"PUT\",route=\"/v1/lamps\"");
  CHECK(exceptions != std::string::npos);
}

TEST_CASE("a body that broke off is told by its kind, with the code of the answer", "[web]") {
  RouteMeters meters;
  Visit{meters.of("POST", "/v1/lamps")}.failed("body-broken", 408);
  CHECK(told("http_responses_total", "POST", "/v1/lamps", ",status=\"408\"") == "1");
  CHECK(told("http_responses_total", "POST", "/v1/lamps", ",status=\"500\"") == "0");
}

TEST_CASE("paths and methods that are none make one series only", "[web]") {
  RouteMeters meters;
  for (const char* method : {"BREW", "WHEN"}) {
    Visit{meters.of(method, "")}.answered(404);
  }
  CHECK(told("http_requests_total", "other", "other") == "2");
}
