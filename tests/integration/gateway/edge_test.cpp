#include <catch2/catch.hpp>

#include "libs/runtime/queries.hpp"
#include "libs/testing/testing.hpp"
#include "tests/integration/gateway/fixture.hpp"

using namespace waybill;
using namespace waybill::gateway;
using namespace std::chrono_literals;

namespace {

const std::string kOrigin = "https://shop.example";

Settings with_cors() {
  Settings settings = for_trials();
  settings.cors_origins = {kOrigin};
  return settings;
}

}  // namespace

TEST_CASE("a preflight is answered without token and body", "[gateway][edge]") {
  Platform platform{with_cors()};
  const auto answer =
      platform.ask("OPTIONS", "/v1/orders", "",
                   {{"Origin", kOrigin}, {"Access-Control-Request-Method", "POST"}});
  CHECK(answer.status == 204);
  CHECK(answer.headers.get("Access-Control-Allow-Origin") == kOrigin);
  CHECK(answer.headers.get("Access-Control-Allow-Methods").find("POST") != std::string::npos);
  const auto stranger =
      platform.ask("OPTIONS", "/v1/orders", "",
                   {{"Origin", "https://evil.example"}, {"Access-Control-Request-Method", "POST"}});
  CHECK(stranger.status == 204);
  CHECK_FALSE(stranger.headers.has("Access-Control-Allow-Origin"));
}

TEST_CASE("refusals too can be read by a page of the list", "[gateway][edge]") {
  Platform platform{with_cors()};
  const auto answer = platform.ask("GET", "/v1/nothing", "", {{"Origin", kOrigin}});
  CHECK(answer.status == 404);
  CHECK(answer.headers.get("Access-Control-Allow-Origin") == kOrigin);
}

TEST_CASE("a large representation is packed, and its tag is good for conditions",
          "[gateway][edge]") {
  Platform platform;
  const std::string path = "/v1/products/" + new_id().to_string();
  const std::string body = R"({"description":")" + std::string(5'000, 'x') + R"("})";
  platform.upstream.put(path, runtime::representation(body, 7));
  const auto packed = platform.ask("GET", path, "", {{"Accept-Encoding", "gzip"}});
  CHECK(packed.headers.get("Content-Encoding") == "gzip");
  CHECK(packed.headers.get("ETag") == "\"7-gzip\"");
  CHECK(packed.body.size() < 500);
  const auto known =
      platform.ask("GET", path, "", {{"Accept-Encoding", "gzip"}, {"If-None-Match", "\"7-gzip\""}});
  CHECK(known.status == 304);
  CHECK(known.headers.get("ETag") == "\"7-gzip\"");
  CHECK(platform.ask("GET", path).body == body);
  CHECK(platform.ask("GET", path, "", {{"If-Match", "\"6\""}}).status == 412);
}

TEST_CASE("HEAD has the headers of GET, packed or not", "[gateway][edge]") {
  Platform platform;
  const auto get = platform.ask("GET", "/openapi.json", "", {{"Accept-Encoding", "gzip"}});
  const auto head = platform.ask("HEAD", "/openapi.json", "", {{"Accept-Encoding", "gzip"}});
  CHECK(head.status == 200);
  CHECK(head.headers.get("Content-Length") == std::to_string(get.body.size()));
  CHECK(head.headers.get("ETag") == get.headers.get("ETag"));
  CHECK(head.body.empty());
}

TEST_CASE("every path tells its methods and refuses others", "[gateway][edge]") {
  Platform platform;
  CHECK(platform.ask("OPTIONS", "/v1/products").headers.get("Allow") == "GET, POST, HEAD, OPTIONS");
  const auto refused = platform.ask("DELETE", "/v1/products");
  CHECK(refused.status == 405);
  CHECK(refused.headers.get("Allow") == "GET, POST, HEAD, OPTIONS");
  CHECK(member(refused, "code") == "method-not-allowed");
  CHECK(platform.ask("OPTIONS", "/v1/nothing").status == 404);
}
