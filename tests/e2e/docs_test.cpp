#include <catch2/catch.hpp>

#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;

TEST_CASE("the contract is served as OpenAPI 3.1 with all resources", "[e2e][docs]") {
  const Reply reply = get("/openapi.json");
  REQUIRE(reply.status == 200);
  const auto document = reply.body();
  CHECK(text(document.as_object(), "openapi").starts_with("3.1"));
  for (const char* path : {"/v1/products", "/v1/orders/{id}", "/v1/users/{id}/addresses",
                           "/v1/operations/{operation}"}) {
    INFO(path);
    CHECK(document.at("paths").as_object().contains(path));
  }
}

TEST_CASE("Swagger UI is at /docs, and / leads there", "[e2e][docs]") {
  const Reply root = get("/");
  CHECK((root.status >= 301 && root.status <= 308));
  CHECK(root.headers.get("Location").find("/docs") != std::string_view::npos);
  Reply page = get("/docs");
  if (page.status >= 301 && page.status <= 308)
    page = get(std::string{page.headers.get("Location")});
  CHECK(page.status == 200);
  CHECK(page.headers.get("Content-Type").starts_with("text/html"));
  CHECK(page.text.find("swagger-ui") != std::string::npos);
}

TEST_CASE("health says live and ready, and nothing about addresses", "[e2e][docs]") {
  CHECK(get("/v1/health/live").status == 200);
  const Reply ready = get("/v1/health/ready");
  CHECK(ready.status == 200);
  CHECK(ready.member("status") == "ready");
  CHECK(ready.body().at("checks").is_array());
  CHECK(ready.text.find("127.0.0.1") == std::string::npos);
}

TEST_CASE("access is not open", "[e2e][docs]") {
  CHECK_FALSE(get("/v1/products?limit=1").headers.has("Waybill-Access"));
  CHECK(call(as("", {"GET", "/v1/users", {}, {{"Waybill-Role", "ops"}}})).status == 401);
}

TEST_CASE("the states of an order are told", "[e2e][docs]") {
  const auto states = get("/v1/orders/states").body();
  CHECK(states.at("initial") == "PENDING");
  CHECK(states.at("transitions").as_array().size() == 7);
  CHECK(states.at("final").as_array().size() == 3);
}
