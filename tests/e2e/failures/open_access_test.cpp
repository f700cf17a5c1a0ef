// Access mode `open`: for trials, and nobody can overlook it.
#include <fstream>

#include <catch2/catch.hpp>

#include "tests/e2e/support/account.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;

namespace {

// Without a token.
Reply ask(Call request) {
  return call(as("", std::move(request)));
}

std::string gateway_log() {
  std::ifstream in{instance_folder() / "log" / "gateway-0.log"};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("in mode open whoever has no token is ops, by the name he gives, and everybody is warned",
          "[e2e][failure]") {
  const Account anna = make_account();
  const Customer customer = make_customer(anna);
  const std::string product = make_product("1.00", 10);
  const Call list{"GET", "/v1/users?limit=1", {}, {}};
  CHECK(ask(list).status == 401);
  {
    const WithSettings open{"WAYBILL_ACCESS_MODE=open"};
    const Reply listed = ask(list);
    CHECK(listed.status == 200);
    CHECK(listed.headers.get("Waybill-Access") == "open");
    CHECK(ask({"GET", "/v1/nothing", {}, {}}).headers.get("Waybill-Access") == "open");

    auto body = order_body(customer, {{product, 1}});
    body.erase("user_id");
    const Call order =
        with_header(json_call("POST", "/v1/orders", body), "Waybill-User", customer.id);
    const Reply placed = ask(order);
    CHECK(placed.status == 201);
    CHECK(placed.member("user_id") == customer.id);
    const auto read_as = [&](const std::string& user) {
      Call read{"GET", "/v1/orders/" + placed.id(), {}, {{"Waybill-Role", "customer"}}};
      return ask(with_header(std::move(read), "Waybill-User", user)).status;
    };
    CHECK(read_as(customer.id) == 200);
    CHECK(read_as(make_account().id) == 404);

    CHECK(call(as("no-token", list)).status == 401);
    const Reply me = call(as(anna.token, {"GET", "/v1/auth/me", {}, {{"Waybill-User", "x"}}}));
    CHECK(me.id() == anna.id);

    CHECK(get("/v1/health/ready").text.find("access-mode-open") != std::string::npos);
    CHECK(gateway_log().find("\"gateway.access-open\"") != std::string::npos);
  }
  const Reply closed = ask(list);
  CHECK(closed.status == 401);
  CHECK_FALSE(closed.headers.has("Waybill-Access"));
}
