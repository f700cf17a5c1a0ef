#include <catch2/catch.hpp>

#include "libs/core/backoff.hpp"
#include "libs/core/caller.hpp"
#include "libs/core/clock.hpp"
#include "libs/core/context.hpp"
#include "libs/core/fault.hpp"
#include "libs/core/money.hpp"
#include "libs/metrics/metrics.hpp"

using namespace waybill;

TEST_CASE("money is read as the contract writes it", "[core][money]") {
  CHECK(parse_money("0") == 0);
  CHECK(parse_money("19.9") == 1990);
  CHECK(parse_money("19.90") == 1990);
  CHECK(parse_money("9999999999.99") == 999'999'999'999);
  for (const auto* text :
       {"", ".5", "1.", "01", "-1", "+1", "1.234", "1,5", " 1", "1e3", "10000000000", "0x1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_money(text));
  }
}

TEST_CASE("money is written with two digits", "[core][money]") {
  CHECK(format_money(0) == "0.00");
  CHECK(format_money(5) == "0.05");
  CHECK(format_money(1990) == "19.90");
  CHECK(format_money(-1990) == "-19.90");
}

TEST_CASE("times are written in UTC with milliseconds", "[core][clock]") {
  const auto at = parse_rfc3339("2026-01-31T09:30:00.123456Z");
  REQUIRE(at);
  CHECK(to_rfc3339(*at) == "2026-01-31T09:30:00.123Z");
  CHECK(to_unix_micros(*at) % 1'000'000 == 123'456);
}

TEST_CASE("offsets lead to the same instant", "[core][clock]") {
  CHECK(parse_rfc3339("2026-01-31T10:30:00+01:00") == parse_rfc3339("2026-01-31T09:30:00Z"));
  CHECK(parse_rfc3339("2026-01-31T04:00:00-05:30") == parse_rfc3339("2026-01-31T09:30:00Z"));
}

TEST_CASE("what is no time is refused", "[core][clock]") {
  for (const auto* text :
       {"", "2026-01-31", "2026-02-30T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T09:30:00",
        "2026-01-31T09:30:00.Z", "2026-01-31T09:30:00+1:00", "2026-13-01T00:00:00Z",
        "2026-01-31T09:30:00Zx"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("a caller survives the way through the header", "[core][caller]") {
  const Caller customer{new_id(), Role::customer};
  CHECK(parse_caller(to_header(customer)) == customer);
  const Caller system{std::nullopt, Role::staff};
  CHECK(parse_caller(to_header(system)) == system);
  CHECK(parse_caller("").role == Role::nobody);
  CHECK(parse_caller("admin -").role == Role::nobody);
}

TEST_CASE("a customer acts for himself, staff for everybody", "[core][caller]") {
  const Id me = new_id();
  const Id other = new_id();
  CHECK(Caller{me, Role::customer}.may_act_for(me));
  CHECK_FALSE(Caller{me, Role::customer}.may_act_for(other));
  CHECK(Caller{me, Role::staff}.may_act_for(other));
  CHECK_FALSE(Caller{}.may_act_for(other));
}

TEST_CASE("a problem document names type, status, place and correlation", "[core][fault]") {
  const Fault fault = conflict("out-of-stock", "Too few.", {{"items", boost::json::array{1}}});
  const auto problem = to_problem(fault, "/v1/orders", "c-1");
  CHECK(problem.at("type") == "/problems/out-of-stock");
  CHECK(problem.at("status") == 409);
  CHECK(problem.at("instance") == "/v1/orders");
  CHECK(problem.at("correlation_id") == "c-1");
  CHECK(problem.at("items").as_array().size() == 1);
}

TEST_CASE("a child of a trace keeps the trace id and gets a span of its own", "[core][context]") {
  const std::string parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const std::string child = child_traceparent(parent);
  CHECK(child.substr(0, 36) == parent.substr(0, 36));
  CHECK(child.substr(36, 16) != parent.substr(36, 16));
  CHECK(child.substr(52) == "-01");
  for (const auto* broken :
       {"", "junk", "00-00000000000000000000000000000000-b7ad6b7169203331-01"}) {
    CAPTURE(broken);
    CHECK(child_traceparent(broken).size() == 55);
  }
}

TEST_CASE("backoff grows to its limit and starts over after success", "[core][backoff]") {
  Backoff backoff{milliseconds{100}, milliseconds{400}};
  const auto first = backoff.next();
  CHECK(first >= milliseconds{50});
  CHECK(first <= milliseconds{100});
  for (int i = 0; i < 20; ++i) CHECK(backoff.next() <= milliseconds{400});
  CHECK(backoff.next() >= milliseconds{200});
  backoff.reset();
  CHECK(backoff.next() <= milliseconds{100});
}

TEST_CASE("the same name and labels are the same metric, and it shows", "[metrics]") {
  auto& one = metrics::counter("unit_things_total", "Things.", {{"kind", "a"}});
  metrics::counter("unit_things_total", "Things.", {{"kind", "a"}}).add(2);
  one.add();
  CHECK(one.value() == 3);
  CHECK(metrics::exposition().find("unit_things_total{kind=\"a\"} 3") != std::string::npos);
}
