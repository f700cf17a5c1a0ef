#include "libs/web/router.hpp"

#include <catch2/catch.hpp>

using namespace waybill::web;

namespace {

Router<int> shop() {
  Router<int> router;
  router.add("GET", "/v1/orders", 1);
  router.add("POST", "/v1/orders", 2);
  router.add("GET", "/v1/orders/{id}", 3);
  router.add("GET", "/v1/orders/states", 4);
  router.add("POST", "/v1/orders/{id}/cancel", 5);
  router.add("GET", "/v1/users/{user}/orders/{order}", 6);
  router.add("GET", "/", 7);
  router.add("GET", "/v1/{kind}/all", 8);
  return router;
}

int found(const Router<int>& router, std::string_view method, std::string_view path) {
  const auto match = router.match(method, path);
  return match.value ? *match.value : 0;
}

}  // namespace

TEST_CASE("a route is found by method and path", "[web][router]") {
  const auto router = shop();
  CHECK(found(router, "GET", "/v1/orders") == 1);
  CHECK(found(router, "POST", "/v1/orders") == 2);
  CHECK(found(router, "GET", "/") == 7);
}

TEST_CASE("path parameters are handed over in order", "[web][router]") {
  const auto router = shop();
  const auto match = router.match("GET", "/v1/users/u-1/orders/o 2");
  REQUIRE(match.value);
  CHECK(*match.value == 6);
  CHECK(match.params == PathParams{{"user", "u-1"}, {"order", "o 2"}});
  CHECK(param(match.params, "order") == "o 2");
  CHECK(param(match.params, "none").empty());
}

TEST_CASE("a literal segment wins over a parameter", "[web][router]") {
  const auto router = shop();
  CHECK(found(router, "GET", "/v1/orders/states") == 4);
  CHECK(found(router, "GET", "/v1/orders/statesmen") == 3);
}

TEST_CASE("a literal that leads nowhere gives way to the parameter", "[web][router]") {
  const auto router = shop();
  const auto match = router.match("GET", "/v1/users/all");
  REQUIRE(match.value);
  CHECK(*match.value == 8);
  CHECK(match.params == PathParams{{"kind", "users"}});
}

TEST_CASE("a trailing slash means nothing", "[web][router]") {
  const auto router = shop();
  CHECK(found(router, "GET", "/v1/orders/") == 1);
  CHECK(found(router, "GET", "/v1/orders/7/") == 3);
}

TEST_CASE("an empty segment is no parameter and no slash is skipped", "[web][router]") {
  const auto router = shop();
  CHECK(found(router, "POST", "/v1/orders//cancel") == 0);
  CHECK(found(router, "GET", "//v1/orders") == 0);
  CHECK(found(router, "GET", "/v1//orders") == 0);
  CHECK(found(router, "GET", "v1/orders") == 0);
  CHECK(found(router, "GET", "") == 0);
}

TEST_CASE("HEAD is answered by the route of GET", "[web][router]") {
  const auto router = shop();
  CHECK(found(router, "HEAD", "/v1/orders") == 1);
  CHECK(found(router, "HEAD", "/v1/orders/7/cancel") == 0);
}

TEST_CASE("a path with other methods tells them", "[web][router]") {
  const auto router = shop();
  const auto other = router.match("DELETE", "/v1/orders");
  CHECK_FALSE(other.value);
  CHECK(other.allowed == std::vector<std::string>{"GET", "POST", "HEAD"});
  CHECK(router.match("GET", "/v1/orders/7/cancel").allowed == std::vector<std::string>{"POST"});
}

TEST_CASE("an unknown path has no methods and no parameters", "[web][router]") {
  const auto router = shop();
  const auto match = router.match("GET", "/v1/orders/7/cancel/more");
  CHECK_FALSE(match.value);
  CHECK(match.allowed.empty());
  CHECK(match.params.empty());
}

TEST_CASE("contradicting routes are refused when they are declared", "[web][router]") {
  auto router = shop();
  CHECK_THROWS_AS(router.add("GET", "/v1/orders/", 9), std::logic_error);
  CHECK_THROWS_AS(router.add("PUT", "/v1/orders/{order}", 9), std::logic_error);
  CHECK_THROWS_AS(router.add("GET", "v1", 9), std::logic_error);
}
