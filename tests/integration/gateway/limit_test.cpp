#include <catch2/catch.hpp>

#include "tests/integration/gateway/fixture.hpp"

using namespace waybill;
using namespace waybill::gateway;

namespace {

// Every caller of the open mode is limited like ops, so the tests limit those.
Settings limited(const std::string& staff) {
  Settings settings = for_trials();
  settings.limit_texts["staff"] = staff;
  return settings;
}

std::string product_path() {
  return "/v1/products/" + new_id().to_string();
}

web::Response ask_as(Platform& platform, const Id& user, const std::string& method,
                     const std::string& path) {
  return platform.ask(method, path, "", {{"Waybill-User", user.to_string()}});
}

}  // namespace

TEST_CASE("over the limit a call is refused with the time when the next one passes",
          "[gateway][limits]") {
  Platform platform{limited("2/60")};
  const Id anna = new_id();
  const auto first = ask_as(platform, anna, "GET", "/v1/orders");
  CHECK(first.headers.get("RateLimit-Policy") == R"("staff";q=2;w=60)");
  CHECK(first.headers.get("RateLimit") == R"("staff";r=1;t=60)");
  CHECK(ask_as(platform, anna, "GET", "/v1/orders").status != 429);
  const int asked = platform.upstream.asked("/v1/orders");
  const auto third = ask_as(platform, anna, "GET", "/v1/orders");
  CHECK(third.status == 429);
  CHECK(member(third, "code") == "rate-limited");
  CHECK(third.headers.get("RateLimit").substr(0, 11) == R"("staff";r=0)");
  const int wait = std::stoi(std::string{third.headers.get("Retry-After")});
  CHECK(wait > 50);
  CHECK(wait <= 60);
  CHECK(platform.upstream.asked("/v1/orders") == asked);
}

TEST_CASE("callers, routes and methods are counted each for itself, ids together",
          "[gateway][limits]") {
  Platform platform{limited("1/60")};
  const Id anna = new_id();
  CHECK(ask_as(platform, anna, "GET", product_path()).status == 404);
  CHECK(ask_as(platform, anna, "GET", product_path()).status == 429);
  CHECK(ask_as(platform, anna, "HEAD", product_path()).status == 429);
  CHECK(ask_as(platform, anna, "GET", "/v1/orders").status != 429);
  CHECK(ask_as(platform, anna, "PATCH", product_path()).status == 400);
  CHECK(ask_as(platform, new_id(), "GET", product_path()).status == 404);
}

TEST_CASE("calls that are refused for another reason count", "[gateway][limits]") {
  Platform platform{limited("2/60")};
  const Id anna = new_id();
  CHECK(ask_as(platform, anna, "POST", "/v1/orders").status == 400);
  CHECK(ask_as(platform, anna, "POST", "/v1/orders").status == 400);
  CHECK(ask_as(platform, anna, "POST", "/v1/orders").status == 429);
}

TEST_CASE("health is not limited", "[gateway][limits]") {
  Platform platform{limited("1/60")};
  for (int i = 0; i < 5; ++i) {
    const auto response = platform.ask("GET", "/v1/health/live");
    CHECK(response.status == 200);
    CHECK_FALSE(response.headers.has("RateLimit"));
  }
}

TEST_CASE("behind a trusted proxy each client is counted for itself", "[gateway][limits]") {
  Settings settings = limited("1/60");
  settings.trusted_proxies = {"127.0.0.0/8"};
  Platform platform{settings};
  const auto ask_from = [&](const std::string& address) {
    return platform.ask("GET", "/v1/products", "", {{"X-Forwarded-For", address}}).status;
  };
  const std::string network = "2001:db8:" + new_id().to_string().substr(32) + ":1:";
  CHECK(ask_from(network + ":1") != 429);
  CHECK(ask_from(network + ":2") == 429);
  CHECK(ask_from("2001:db8:" + new_id().to_string().substr(32) + ":2::1") != 429);
}
