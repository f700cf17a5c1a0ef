#include <catch2/catch.hpp>

#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;

namespace {

Call with_key(const Call& call, const std::string& key) {
  return with_header(call, "Idempotency-Key", key);
}

}  // namespace

TEST_CASE("the same key again gives the byte-equal answer", "[e2e][idempotency]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("1.00", 10);
  const Call order =
      with_key(json_call("POST", "/v1/orders", order_body(customer, {{tea, 1}})), unique("key"));
  const Reply first = call(order);
  REQUIRE(first.status == 201);
  REQUIRE(patch("/v1/orders/" + first.id(), {{"status", "PAID"}}).status == 200);
  const Reply second = call(order);
  CHECK(second.status == 201);
  CHECK(second.text == first.text);
  CHECK(second.headers.get("Location") == first.headers.get("Location"));
  CHECK(stock_of(tea) == 9);
}

TEST_CASE("a refusal is kept like any other outcome", "[e2e][idempotency]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("1.00", 1);
  const Call order =
      with_key(json_call("POST", "/v1/orders", order_body(customer, {{tea, 2}})), unique("key"));
  const Reply first = call(order);
  REQUIRE(first.code() == "out-of-stock");
  REQUIRE(post("/v1/products/" + tea + "/stock-movements", {{"quantity", 5}, {"reason", "found"}})
              .status == 201);
  const Reply second = call(order);
  CHECK(second.status == 409);
  CHECK(second.code() == "out-of-stock");
  CHECK(second.member("order_id") == first.member("order_id"));
}

TEST_CASE("a hundred requests with one key at once make one order", "[e2e][idempotency]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("1.00", 200);
  const Call order =
      with_key(json_call("POST", "/v1/orders", order_body(customer, {{tea, 1}})), unique("key"));
  const auto replies = call_all(std::vector<Call>(100, order));
  std::set<std::string> answers;
  for (const Reply& reply : replies) {
    CHECK(reply.status == 201);
    answers.insert(reply.text);
  }
  CHECK(answers.size() == 1);
  CHECK(stock_of(tea) == 199);
  CHECK(all_items("/v1/users/" + customer.id + "/orders?limit=100").size() == 1);
}

TEST_CASE("a key belongs to one method, path and body", "[e2e][idempotency]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("1.00", 10);
  const std::string key = unique("key");
  const auto order = [&](std::int64_t quantity) {
    return call(
        with_key(json_call("POST", "/v1/orders", order_body(customer, {{tea, quantity}})), key));
  };
  REQUIRE(order(1).status == 201);
  const Reply other_body = order(2);
  CHECK(other_body.status == 422);
  CHECK(other_body.code() == "idempotency-mismatch");
  CHECK(stock_of(tea) == 9);
}

TEST_CASE("a key may be used by each caller for himself", "[e2e][idempotency]") {
  const std::string tea = make_product("1.00", 10);
  const std::string key = unique("key");
  const auto order = [&](const Account& account) {
    const auto body = order_body(make_customer(account), {{tea, 1}});
    return call(as(account.token, with_key(json_call("POST", "/v1/orders", body), key)));
  };
  const Reply first = order(make_account());
  const Reply second = order(make_account());
  CHECK(first.status == 201);
  CHECK(second.status == 201);
  CHECK(first.id() != second.id());
}

TEST_CASE("keys that are none are refused", "[e2e][idempotency]") {
  const Customer customer = make_customer();
  const auto body = order_body(customer, {{make_product("1.00", 10), 1}});
  const Call order = json_call("POST", "/v1/orders", body);
  CHECK(call(with_key(order, std::string(256, 'k'))).status == 400);
  CHECK(call(with_key(order, "two words")).status == 400);
  CHECK(call(with_key(order, unique(std::string(200, 'k')))).status == 201);
}
