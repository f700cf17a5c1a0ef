#include "libs/web/http.hpp"

#include <catch2/catch.hpp>

using namespace waybill;
using namespace waybill::web;

TEST_CASE("header names compare without regard to case", "[web][headers]") {
  Headers headers;
  headers.add("Content-Type", "text/plain");
  CHECK(headers.get("content-type") == "text/plain");
  CHECK(headers.has("CONTENT-TYPE"));
  CHECK_FALSE(headers.has("Content-Typ"));
  CHECK(headers.get("Accept").empty());
}

TEST_CASE("adding a header keeps the others of its name, setting replaces them", "[web][headers]") {
  Headers headers;
  headers.add("Link", "a");
  headers.add("X", "y");
  headers.add("link", "b");
  CHECK(headers.size() == 3);
  CHECK(headers.get("Link") == "a");
  headers.set("LINK", "c");
  CHECK(headers.size() == 2);
  CHECK(headers.get("Link") == "c");
  headers.erase("x");
  CHECK(headers.size() == 1);
}

TEST_CASE("the first value of a query parameter counts", "[web]") {
  Request request;
  request.query = {{"a", "1"}, {"a", "2"}, {"b", ""}};
  CHECK(request.query_value("a") == "1");
  CHECK(request.query_value("b").empty());
  CHECK(request.query_value("c").empty());
}

TEST_CASE("a fault becomes a problem document with the path and the correlation id",
          "[web][problem]") {
  Request request;
  request.path = "/v1/orders";
  request.trace.correlation_id = "abc";
  const Response response = problem_response(conflict("out-of-stock", "Sold out."), request);
  CHECK(response.status == 409);
  CHECK(response.headers.get("Content-Type") == "application/problem+json");
  CHECK_FALSE(response.headers.has("Retry-After"));
  const auto problem = boost::json::parse(response.body).as_object();
  CHECK(problem.at("code") == "out-of-stock");
  CHECK(problem.at("instance") == "/v1/orders");
  CHECK(problem.at("correlation_id") == "abc");
}

TEST_CASE("who has not proved himself is told how", "[web][problem]") {
  const Fault fault{FaultKind::unauthenticated, "unauthenticated", "Who are you?", {}};
  CHECK(problem_response(fault, {}).headers.get("WWW-Authenticate") == "Bearer");
}

TEST_CASE("who is told to come back later is told when", "[web][problem]") {
  const Fault limited{FaultKind::rate_limited, "rate-limited", "Too many.", {}};
  CHECK(problem_response(limited, {}).headers.get("Retry-After") == "1");
  CHECK(problem_response(unavailable("Away."), {}).headers.get("Retry-After") == "1");
}

TEST_CASE("a JSON answer says so", "[web]") {
  const Response response = json_response(201, {{"a", 1}});
  CHECK(response.status == 201);
  CHECK(response.headers.get("Content-Type") == "application/json");
  CHECK(response.body == R"({"a":1})");
}
