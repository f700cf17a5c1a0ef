#include <catch2/catch.hpp>

#include "libs/runtime/queries.hpp"
#include "libs/testing/testing.hpp"
#include "tests/integration/gateway/fixture.hpp"

using namespace waybill;
using namespace waybill::gateway;
using namespace std::chrono_literals;

namespace {

// A cached representation, as its owner service has filled it in.
void fill(Platform& platform, const std::string& key, const cache::Representation& value) {
  platform.cache.fill(key, value, std::chrono::seconds{60});
}

web::Response as_customer(Platform& platform, const std::string& path, const Id& user) {
  return platform.ask("GET", path, "",
                      {{"Waybill-User", user.to_string()}, {"Waybill-Role", "customer"}});
}

}  // namespace

TEST_CASE("a read is forwarded with caller, correlation and trace", "[gateway][query]") {
  Platform platform;
  auto page = web::Response{200, "application/json", R"({"items":[],"next":null})"};
  page.headers.add("Link", "</v1/products?cursor=x>; rel=\"next\"");
  page.headers.add("Waybill-Version", "7");
  page.headers.add("X-Internal", "1");
  platform.upstream.put("/v1/products", page);
  const auto response =
      platform.ask("GET", "/v1/products?limit=3&name=l%C3%A4mp", "", {{"X-Correlation-ID", "c-9"}});
  CHECK(response.status == 200);
  CHECK(response.body == R"({"items":[],"next":null})");
  CHECK(response.headers.get("Link") == "</v1/products?cursor=x>; rel=\"next\"");
  CHECK_FALSE(response.headers.has("Waybill-Version"));
  CHECK_FALSE(response.headers.has("X-Internal"));
  const auto headers = platform.upstream.last_headers();
  CHECK(headers.get("Waybill-Caller") == "ops -");
  CHECK(headers.get("X-Correlation-ID") == "c-9");
  CHECK(headers.get("traceparent").size() == 55);
}

TEST_CASE("a ready representation is answered from the cache", "[gateway][query]") {
  Platform platform;
  const Id id = new_id();
  const std::string path = "/v1/products/" + id.to_string();
  fill(platform, "product:" + id.to_string(), {7, "", R"({"id":"cached"})"});
  REQUIRE(testing::eventually(
      3s, [&] { return platform.ask("GET", path).body == R"({"id":"cached"})"; }));
  const int asked = platform.upstream.asked(path);
  const auto response = platform.ask("GET", path);
  CHECK(response.headers.get("ETag") == "\"7\"");
  CHECK(platform.ask("GET", path, "", {{"If-None-Match", "\"7\""}}).status == 304);
  CHECK(platform.ask("GET", path, "", {{"If-None-Match", "\"6\""}}).status == 200);
  CHECK(platform.ask("HEAD", path).body.empty());
  CHECK(platform.upstream.asked(path) == asked);
}

TEST_CASE("a foreign object in the cache is not there", "[gateway][query]") {
  Platform platform;
  const Id id = new_id();
  const std::string path = "/v1/orders/" + id.to_string();
  fill(platform, "order:" + id.to_string(), {1, kAnna.to_string(), R"({"id":"cached"})"});
  REQUIRE(testing::eventually(
      3s, [&] { return as_customer(platform, path, kAnna).body == R"({"id":"cached"})"; }));
  CHECK(as_customer(platform, path, kBert).status == 404);
  CHECK(platform.ask("GET", path).status == 200);
}

TEST_CASE("a foreign object and an absent one get the same answer", "[gateway][query]") {
  Platform platform;
  const Id foreign = new_id();
  const Id absent = new_id();
  const std::string path = "/v1/orders/" + foreign.to_string();
  platform.upstream.put(path, runtime::representation(R"({"id":"x"})", 3, kAnna.to_string()));
  CHECK(as_customer(platform, path, kAnna).status == 200);
  CHECK(as_customer(platform, path, kAnna).headers.get("ETag") == "\"3\"");
  const auto hidden = as_customer(platform, path, kBert);
  const auto missing = as_customer(platform, "/v1/orders/" + absent.to_string(), kBert);
  CHECK(hidden.status == 404);
  CHECK(missing.status == 404);
  CHECK(member(hidden, "detail") == member(missing, "detail"));
}

TEST_CASE("an owner in the path is checked before anybody is asked", "[gateway][query]") {
  Platform platform;
  const std::string path = "/v1/users/" + kAnna.to_string() + "/orders";
  platform.upstream.put(path, {200, "application/json", R"({"items":[],"next":null})"});
  CHECK(as_customer(platform, path, kAnna).status == 200);
  CHECK(as_customer(platform, path, kBert).status == 404);
  CHECK(platform.upstream.asked(path) == 1);
}

TEST_CASE("a service that is away is a 503 without internals", "[gateway][query]") {
  Settings settings = for_trials();
  settings.upstreams["product"] = "127.0.0.1:1";
  Platform platform{settings};
  const auto response = platform.ask("GET", "/v1/products");
  CHECK(response.status == 503);
  CHECK(response.headers.get("Retry-After") == "1");
  CHECK(member(response, "code") == "unavailable");
  CHECK(response.body.find("127.0.0.1") == std::string::npos);
}

TEST_CASE("routes, methods and parameters that are not in the contract", "[gateway][query]") {
  Platform platform;
  CHECK(platform.ask("GET", "/v1/nothing").status == 404);
  CHECK(platform.ask("GET", "/v1/products/17").status == 404);
  const auto wrong = platform.ask("DELETE", "/v1/orders");
  CHECK(wrong.status == 405);
  CHECK(wrong.headers.get("Allow") == "GET, POST, HEAD, OPTIONS");
  CHECK(member(wrong, "code") == "method-not-allowed");
  const auto options = platform.ask("OPTIONS", "/v1/orders");
  CHECK(options.status == 204);
  CHECK(options.headers.get("Allow") == "GET, POST, HEAD, OPTIONS");
  const auto list = platform.ask("GET", "/v1/products?limit=0&foo=1&min_price=x");
  CHECK(list.status == 400);
  const auto errors = boost::json::parse(list.body).at("errors").as_array();
  CHECK(errors.size() == 3);
  CHECK(member(list, "detail") == "Validation failed for GET /v1/products");
  CHECK(member(list, "instance") == "/v1/products");
}

TEST_CASE("docs and health are there", "[gateway][query]") {
  Platform platform;
  CHECK(platform.ask("GET", "/").headers.get("Location") == "/docs");
  CHECK(platform.ask("GET", "/docs/").status == 200);
  const auto document = boost::json::parse(platform.ask("GET", "/openapi.json").body);
  CHECK(document.at("openapi") == "3.1.0");
  CHECK(platform.ask("GET", "/v1/health/live").status == 200);
  // Ready when it knows what was revoked.
  CHECK(testing::eventually(3s, [&] { return platform.ask("GET", "/v1/health").status == 200; }));
  platform.health.add_optional("less", [] { return false; });
  const auto degraded = platform.ask("GET", "/v1/health/ready");
  CHECK(degraded.status == 200);
  CHECK(member(degraded, "status") == "degraded");
  platform.health.add("missing", [] { return false; });
  const auto unready = platform.ask("GET", "/v1/health/ready");
  CHECK(unready.status == 503);
  CHECK(member(unready, "status") == "unready");
}
