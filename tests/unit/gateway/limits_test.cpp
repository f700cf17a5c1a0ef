#include "services/gateway/limits/limits.hpp"

#include <catch2/catch.hpp>

#include "services/gateway/limits/rate_limits.hpp"

using namespace waybill;
using namespace waybill::gateway;
using namespace std::chrono_literals;

namespace {

const Id kAnna = *Id::parse("019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b11");

std::string rule(const Limits& limits, std::string_view name, Role role) {
  const auto found = limits.rule(name, role);
  if (!found) return "off";
  return fmt::format("{} {}/{}", found->name, found->limit.calls,
                     std::chrono::duration_cast<std::chrono::seconds>(found->limit.window).count());
}

}  // namespace

TEST_CASE("a limit is calls and seconds, or off", "[gateway][limits]") {
  CHECK(parse_limit("limit.orders", "10/60") == cache::Limit{10, 60s});
  CHECK_FALSE(parse_limit("limit.orders", "off"));
  for (const char* text : {"", "10", "/", "10/", "/60", "0/60", "10/0", "-1/60", "10/60s", " 10/60",
                           "1000000/60", "10/100000", "ten/60", "10/60/1"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_limit("limit.orders", text), config::SettingsError);
  }
}

TEST_CASE("each name has its limit, staff and ops have one of their own", "[gateway][limits]") {
  auto texts = Limits::defaults();
  CHECK(rule(Limits{texts}, "users", Role::nobody) == "users 5/60");
  CHECK(rule(Limits{texts}, "orders", Role::customer) == "orders 10/60");
  CHECK(rule(Limits{texts}, "default", Role::customer) == "default 300/60");
  CHECK(rule(Limits{texts}, "advert", Role::customer) == "off");
  CHECK(rule(Limits{texts}, "none", Role::nobody) == "off");
  CHECK(rule(Limits{texts}, "orders", Role::staff) == "off");
  texts["staff"] = "1000/1";
  CHECK(rule(Limits{texts}, "orders", Role::staff) == "staff 1000/1");
  CHECK(rule(Limits{texts}, "users", Role::ops) == "staff 1000/1");
  CHECK(rule(Limits{texts}, "none", Role::ops) == "off");
  CHECK(rule(Limits{texts}, "orders", Role::customer) == "orders 10/60");
}

TEST_CASE("each operation of the services names a limit that there is", "[gateway][limits]") {
  const Limits limits{Limits::defaults()};
  const auto contract = contract::Contract::load_folder("services");
  for (const auto* operation : contract.operations()) {
    INFO(operation->method << ' ' << operation->path);
    CHECK(limits.has(operation->limit));
  }
}

TEST_CASE("callers are users, or addresses, of IPv6 the network of one customer",
          "[gateway][limits]") {
  CHECK(limited_as({kAnna, Role::customer}, "203.0.113.9") == "user " + kAnna.to_string());
  CHECK(limited_as({}, "203.0.113.9") == "address 203.0.113.9");
  CHECK(limited_as({}, "::ffff:203.0.113.9") == "address 203.0.113.9");
  CHECK(limited_as({}, "2001:db8:1:2:3:4:5:6") == "address 2001:db8:1:2::/64");
  CHECK(limited_as({}, "2001:db8:1:2::9") == limited_as({}, "2001:db8:1:2:ffff::1"));
  CHECK(limited_as({}, "2001:db8:1:3::9") != limited_as({}, "2001:db8:1:2::9"));
}

TEST_CASE("a counted answer says what is left, in whole seconds, rounded up", "[gateway][limits]") {
  Counted counted;
  counted.policy = "orders";
  counted.limit = {10, 60s};
  counted.verdict = {true, 3, 41'000'001us};
  web::Headers headers;
  counted.add_headers(headers);
  CHECK(headers.get("RateLimit-Policy") == R"("orders";q=10;w=60)");
  CHECK(headers.get("RateLimit") == R"("orders";r=3;t=42)");
  CHECK_FALSE(headers.has("Retry-After"));

  counted.verdict = {false, 0, 500us};
  counted.add_headers(headers);
  CHECK(headers.get("RateLimit") == R"("orders";r=0;t=1)");
  CHECK(headers.get("Retry-After") == "1");
}
