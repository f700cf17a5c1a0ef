#include <catch2/catch.hpp>

#include "libs/testing/testing.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
namespace json = boost::json;

namespace {

std::int64_t integer(const json::object& object, std::string_view name) {
  return object.at(name).to_number<std::int64_t>();
}

// Each movement's balance is the sum so far, and the last one is the counter.
void check_ledger(const std::string& product) {
  std::int64_t balance = 0;
  for (const json::object& movement : movements_of(product)) {
    balance += integer(movement, "quantity");
    CHECK(integer(movement, "balance") == balance);
    CHECK(balance >= 0);
  }
  CHECK(stock_of(product) == balance);
}

}  // namespace

TEST_CASE("200 buyers of 50 units: exactly 50 are sold", "[e2e][stock]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("1.00", 50);
  const Call order = json_call("POST", "/v1/orders", order_body(customer, {{tea, 1}}));
  int sold = 0;
  int refused = 0;
  for (const Reply& reply : call_all(std::vector<Call>(200, order))) {
    sold += reply.status == 201;
    refused += reply.status == 409 && reply.code() == "out-of-stock";
  }
  CHECK(sold == 50);
  CHECK(refused == 150);
  CHECK(stock_of(tea) == 0);
  CHECK(movements_of(tea).size() == 51);
  check_ledger(tea);
}

TEST_CASE("an order takes all its lines or none", "[e2e][stock]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("1.00", 10);
  const std::string pot = make_product("1.00", 1);
  const Reply reply = place(customer, {{tea, 2}, {pot, 2}});
  CHECK(reply.status == 409);
  CHECK(reply.code() == "out-of-stock");
  const json::value body = reply.body();
  REQUIRE(body.at("items").as_array().size() == 1);
  CHECK(body.at("items").at(0).at("product_id") == json::value(pot));
  CHECK(body.at("items").at(0).at("requested") == 2);
  CHECK(body.at("items").at(0).at("available") == 1);
  CHECK(stock_of(tea) == 10);
  CHECK(stock_of(pot) == 1);
}

TEST_CASE("buyers who take the same products in different order don't block each other",
          "[e2e][stock]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("1.00", 100);
  const std::string pot = make_product("1.00", 100);
  const Call one = json_call("POST", "/v1/orders", order_body(customer, {{tea, 1}, {pot, 1}}));
  const Call other = json_call("POST", "/v1/orders", order_body(customer, {{pot, 1}, {tea, 1}}));
  std::vector<Call> calls;
  for (int i = 0; i < 50; ++i) calls.insert(calls.end(), {one, other});
  for (const Reply& reply : call_all(calls)) CHECK(reply.status == 201);
  CHECK(stock_of(tea) == 0);
  check_ledger(pot);
}

TEST_CASE("movements add up and never go below zero", "[e2e][stock]") {
  const std::string tea = make_product("1.00", 5);
  const std::string path = "/v1/products/" + tea + "/stock-movements";
  CHECK(post(path, {{"quantity", 7}, {"reason", "delivery"}}).status == 201);
  const Reply below = post(path, {{"quantity", -13}, {"reason", "broken"}});
  CHECK(below.status == 409);
  CHECK(below.code() == "negative-stock");
  const Reply out = post(path, {{"quantity", -12}, {"reason", "broken"}});
  CHECK(out.status == 201);
  CHECK(out.number("balance") == 0);
  CHECK(post(path, {{"quantity", 0}, {"reason", "nothing"}}).status == 400);
  check_ledger(tea);
}

TEST_CASE("setting the stock books the difference", "[e2e][stock]") {
  const std::string tea = make_product("1.00", 5);
  CHECK(patch("/v1/products/" + tea, {{"stock_quantity", 3}}).number("stock_quantity") == 3);
  const auto movements = movements_of(tea);
  REQUIRE(movements.size() == 2);
  CHECK(text(movements[0], "kind") == "initial");
  CHECK(text(movements[1], "kind") == "adjustment");
  CHECK(integer(movements[1], "quantity") == -2);
}

TEST_CASE("a deleted product's units still come back from a canceled order", "[e2e][stock]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("1.00", 5);
  const std::string order = "/v1/orders/" + place(customer, {{tea, 2}}).id();
  REQUIRE(remove("/v1/products/" + tea).status == 204);
  CHECK(place(customer, {{tea, 1}}).code() == "unknown-product");
  CHECK(post(order + "/cancel", json::object{}).status == 200);
  CHECK(get(order).body().at("items").at(0).at("quantity") == 2);
}
