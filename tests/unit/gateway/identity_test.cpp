#include "services/gateway/commands/identity.hpp"

#include <catch2/catch.hpp>

#include "services/gateway/commands/operation_id.hpp"
#include "services/gateway/queries/query_path.hpp"

using namespace waybill;
using namespace waybill::gateway;

namespace {

const Id kUser = *Id::parse("019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b11");

web::Request request(const std::string& method, const std::string& target,
                     const std::string& body) {
  web::Request made;
  made.method = method;
  made.target = target;
  made.path = target.substr(0, target.find('?'));
  made.body = body;
  made.client = "192.0.2.7";
  return made;
}

}  // namespace

TEST_CASE("a command takes its id from caller and key", "[gateway][identity]") {
  CHECK(command_id("user a", "k1") == command_id("user a", "k1"));
  CHECK(command_id("user a", "k1") != command_id("user b", "k1"));
  CHECK(command_id("user a", "k1") != command_id("user a", "k2"));
  CHECK(command_id("user a", "") != command_id("user a", ""));
}

TEST_CASE("the id of a key never changes, or keys in use would lose their commands",
          "[gateway][identity]") {
  CHECK(command_id("user a", "k1").to_string() == "d8050171-13e9-54e3-86e6-6eb9625df4f8");
}

TEST_CASE("keys count per user, and per address where there is no user", "[gateway][identity]") {
  const auto made = request("POST", "/v1/orders", "");
  CHECK(caller_key({kUser, Role::customer}, made) == "user " + kUser.to_string());
  CHECK(caller_key({kUser, Role::staff}, made) == "user " + kUser.to_string());
  CHECK(caller_key({{}, Role::ops}, made) == "address 192.0.2.7");
}

TEST_CASE("the fingerprint knows method, path, query and body", "[gateway][identity]") {
  const auto of = [](const char* method, const char* target, const char* body) {
    return fingerprint(request(method, target, body));
  };
  const auto base = of("POST", "/v1/orders", "{}");
  CHECK(base.size() == 32);
  CHECK(base == of("POST", "/v1/orders", "{}"));
  CHECK(base != of("PUT", "/v1/orders", "{}"));
  CHECK(base != of("POST", "/v1/order", "{}"));
  CHECK(base != of("POST", "/v1/orders?a=1", "{}"));
  CHECK(base != of("POST", "/v1/orders", "{ }"));
  CHECK(of("POST", "/a", "b{}") != of("POST", "/ab", "{}"));
}

TEST_CASE("an operation id says all that is needed to find the operation", "[gateway][operation]") {
  const OperationId id{"order", kUser, from_unix_micros(1'769'000'000'123'000),
                       caller_mark("user a")};
  const auto again = OperationId::parse(id.to_string());
  REQUIRE(again);
  CHECK(again->service == "order");
  CHECK(again->command == kUser);
  CHECK(again->created_at == id.created_at);
  CHECK(again->caller == id.caller);
}

TEST_CASE("what is no operation id is not parsed", "[gateway][operation]") {
  const std::string uuid = kUser.to_string();
  const std::string mark = caller_mark("user a");
  CHECK(OperationId::parse("order." + uuid + ".abc." + mark));
  for (const std::string& text :
       {std::string{}, std::string{"..."}, "order." + uuid + ".abc", "order." + uuid + ".." + mark,
        "order.x.abc." + mark, "../x." + uuid + ".abc." + mark, "order." + uuid + ".ab_." + mark,
        "order." + uuid + ".-1." + mark, "order." + uuid + ".zzzzzzzzzzzzzz." + mark,
        "order." + uuid + ".abc." + mark + ".x", "order." + uuid + ".abc.short"}) {
    INFO(text);
    CHECK_FALSE(OperationId::parse(text));
  }
}

TEST_CASE("a cache key takes ids in lower case", "[gateway][query]") {
  CHECK(cache_key("product:{id}", {{"id", "019A2F"}}) == "product:019a2f");
  CHECK(cache_key("a:{x}:B:{y}", {{"x", "1"}, {"y", "2"}}) == "a:1:B:2");
  CHECK(cache_key("plain", {}) == "plain");
}
