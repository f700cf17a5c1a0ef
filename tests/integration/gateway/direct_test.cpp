#include <catch2/catch.hpp>

#include "libs/testing/testing.hpp"
#include "tests/integration/gateway/fixture.hpp"
#include "tests/unit/contract/fixture.hpp"

using namespace waybill;
using namespace std::chrono_literals;
using namespace waybill::gateway;

namespace {

constexpr const char* kToken = "/v1/auth/token";
constexpr const char* kForm = "application/x-www-form-urlencoded";

contract::Contract token_contract() {
  contract::Files files;
  files.add("identity", R"(
paths:
  /v1/auth/token:
    post:
      operationId: createToken
      x-access: public
      x-limit: users
      x-direct: {service: identity}
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/Grant'}}
          application/json: {schema: {$ref: '#/components/schemas/Grant'}}
      responses: {'200': {description: A token.}}
components:
  schemas:
    Grant:
      type: object
      properties:
        id: {type: string, readOnly: true}
        username: {type: string, maxLength: 10}
        password: {type: string}
)");
  return files.load();
}

}  // namespace

TEST_CASE("a direct write reaches the service with its body, its caller and its address",
          "[gateway][direct]") {
  Platform platform{for_trials(), token_contract()};
  web::Response created{201, "application/json", R"({"id":"1"})"};
  created.headers.add("Location", "/v1/users/1");
  created.headers.add("Cache-Control", "no-store");
  created.headers.add("ETag", "\"1\"");
  created.headers.add("Waybill-Version", "1");
  platform.upstream.put(kToken, created);
  const auto response =
      platform.ask("POST", kToken, R"({"username":"anna","password":"pässword","id":"x"})",
                   {{"X-Correlation-ID", "c-9"}, {"Idempotency-Key", "k-1"}});
  CHECK(response.status == 201);
  CHECK(response.body == created.body);
  CHECK(response.headers.get("Location") == "/v1/users/1");
  CHECK(response.headers.get("Cache-Control") == "no-store");
  CHECK(response.headers.get("ETag") == "\"1\"");
  CHECK_FALSE(response.headers.has("Waybill-Version"));
  CHECK(platform.upstream.last_body() == R"({"username":"anna","password":"pässword"})");
  const auto headers = platform.upstream.last_headers();
  CHECK(headers.get("Content-Type") == "application/json");
  CHECK(headers.get("Waybill-Caller") == "ops -");
  CHECK(headers.get("Waybill-Client-Address") == "127.0.0.1");
  CHECK(headers.get("X-Correlation-ID") == "c-9");
  CHECK(headers.get("Idempotency-Key") == "k-1");
  CHECK(headers.get("traceparent").size() == 55);
}

TEST_CASE("a form reaches the service as JSON", "[gateway][direct]") {
  Platform platform{for_trials(), token_contract()};
  platform.upstream.put(kToken, {200, "application/json", "{}"});
  const auto response = platform.ask("POST", kToken, "username=an+na&password=%C3%A4%26%3D",
                                     {{"Content-Type", std::string{kForm} + "; charset=UTF-8"}});
  CHECK(response.status == 200);
  CHECK(platform.upstream.last_body() == R"({"username":"an na","password":"ä&="})");
}

TEST_CASE("a direct write that the contract refuses reaches nobody", "[gateway][direct]") {
  Platform platform{for_trials(), token_contract()};
  const auto post = [&](const std::string& body, const std::string& type) {
    return platform.ask("POST", kToken, body, {{"Content-Type", type}}).status;
  };
  CHECK(post("username=much+too+long", kForm) == 400);
  CHECK(post("username=a&username=b", kForm) == 400);
  CHECK(post("username=%C3", kForm) == 400);
  CHECK(post(R"({"user":"anna"})", "application/json") == 400);
  CHECK(post("username=anna", "text/plain") == 415);
  CHECK(platform.upstream.asked(kToken) == 0);
}

TEST_CASE("what the service refuses is refused with its own words", "[gateway][direct]") {
  Platform platform{for_trials(), token_contract()};
  web::Response refused{401, "application/problem+json", R"({"error":"invalid_grant"})"};
  refused.headers.add("WWW-Authenticate", "Bearer");
  refused.headers.add("Retry-After", "7");
  platform.upstream.put(kToken, refused);
  const auto response = platform.ask("POST", kToken, R"({"username":"anna"})");
  CHECK(response.status == 401);
  CHECK(response.body == refused.body);
  CHECK(response.headers.get("WWW-Authenticate") == "Bearer");
  CHECK(response.headers.get("Retry-After") == "7");
}

TEST_CASE("where the contract is patient, the caller's deadline is not the service's",
          "[gateway][direct]") {
  contract::Files files;
  files.add("advert", R"(
paths:
  /v1/texts:
    post:
      operationId: writeText
      x-access: public
      x-limit: users
      x-direct: {service: advert, patient: true}
      responses: {'200': {description: A text.}}
  /v1/notes:
    post:
      operationId: writeNote
      x-access: public
      x-limit: users
      x-direct: {service: advert}
      responses: {'200': {description: A note.}}
)");
  Settings settings = for_trials();
  settings.deadline = std::chrono::milliseconds{300};
  Platform platform{settings, files.load()};
  for (const auto* path : {"/v1/texts", "/v1/notes"}) {
    platform.upstream.put(path, {200, "application/json", "{}"});
  }
  platform.upstream.delay = std::chrono::milliseconds{900};
  CHECK(platform.ask("POST", "/v1/texts").status == 200);
  CHECK_FALSE(platform.upstream.headers_of("/v1/texts").has("Waybill-Time-Left"));
  CHECK(platform.ask("POST", "/v1/notes").status == 503);
  REQUIRE(testing::eventually(5s, [&] { return platform.upstream.asked("/v1/notes") == 1; }));
  CHECK(platform.upstream.headers_of("/v1/notes").has("Waybill-Time-Left"));
}

TEST_CASE("a service that does not answer a direct write is a 503", "[gateway][direct]") {
  Settings settings = for_trials();
  settings.upstreams["identity"] = "127.0.0.1:1";
  Platform platform{settings, token_contract()};
  const auto response = platform.ask("POST", kToken, R"({"username":"anna"})");
  CHECK(response.status == 503);
  CHECK(member(response, "code") == "unavailable");
  CHECK(response.headers.has("Retry-After"));
}
