#include "services/gateway/edge/cors.hpp"

#include <catch2/catch.hpp>

#include "libs/config/settings.hpp"

using namespace waybill;
using namespace waybill::gateway;

namespace {

const Cors kCors{{"https://shop.example", "http://localhost:3000"}};

web::Response dressed(const Cors& cors, const std::string& method, const std::string& origin,
                      const std::string& allow = "") {
  web::Request request;
  request.method = method;
  if (!origin.empty()) request.headers.add("Origin", origin);
  if (method == "OPTIONS") request.headers.add("Access-Control-Request-Method", "POST");
  web::Response response;
  if (!allow.empty()) response.headers.add("Allow", allow);
  cors.dress(request, response);
  return response;
}

}  // namespace

TEST_CASE("a page of an origin on the list may read the answer", "[gateway][cors]") {
  const auto response = dressed(kCors, "GET", "http://localhost:3000");
  CHECK(response.headers.get("Access-Control-Allow-Origin") == "http://localhost:3000");
  CHECK(response.headers.get("Access-Control-Allow-Credentials") == "true");
  CHECK(response.headers.get("Access-Control-Expose-Headers").starts_with("ETag, Location, Link"));
  CHECK(response.headers.get("Vary") == "Origin");
}

TEST_CASE("any other origin gets nothing but Vary", "[gateway][cors]") {
  for (const char* origin :
       {"", "null", "https://shop.example.evil", "https://shop.example:8443", "http://shop.example",
        "HTTPS://shop.example", "https://shop.example/", "*"}) {
    INFO(origin);
    const auto response = dressed(kCors, "GET", origin);
    CHECK(response.headers.size() == 1);
    CHECK(response.headers.get("Vary") == "Origin");
  }
}

TEST_CASE("a preflight learns what it may send, for a day", "[gateway][cors]") {
  const auto response = dressed(kCors, "OPTIONS", "https://shop.example", "GET, POST, OPTIONS");
  CHECK(response.headers.get("Access-Control-Allow-Methods") == "GET, POST, OPTIONS");
  CHECK(response.headers.get("Access-Control-Allow-Headers").find("If-Match") != std::string::npos);
  CHECK(response.headers.get("Access-Control-Max-Age") == "86400");
}

TEST_CASE("without a list there is no CORS at all", "[gateway][cors]") {
  CHECK(dressed(Cors{{}}, "GET", "https://shop.example").headers.size() == 0);
}

TEST_CASE("what is no origin is refused at the start", "[gateway][cors]") {
  for (const char* text :
       {"*", "https://*.example", "shop.example", "https://shop.example/", "https://shop.example/a",
        "https://", "null", "ftp://shop.example", "https://Shop.example", "https://a@shop.example",
        "https://shop.example?x"}) {
    INFO(text);
    CHECK_THROWS_AS(Cors{{text}}, config::SettingsError);
  }
}
