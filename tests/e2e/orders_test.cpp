#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
namespace json = boost::json;

namespace {

// Until the operation at this path has ended.
Reply finished_operation(const std::string& path) {
  Reply operation;
  testing::eventually(seconds{20}, [&] {
    operation = get(path);
    return operation.member("status") != "pending";
  });
  return operation;
}

}  // namespace

TEST_CASE("an order is confirmed with the catalogue's prices", "[e2e][order]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("2.55", 10);
  const std::string pot = make_product("19.90", 10);
  const Reply reply = place(customer, {{tea, 3}, {pot, 1}});
  REQUIRE(reply.status == 201);
  CHECK(reply.headers.get("Location") == "/v1/orders/" + reply.id());
  const json::value order = reply.body();
  CHECK(order.at("status") == "CONFIRMED");
  CHECK(order.at("total_price") == "27.55");
  CHECK(order.at("user_id") == json::value(customer.id));
  CHECK(order.at("delivery_address").at("city") == "Bristol");
  CHECK(order.at("items").at(0).at("price_at_order") == "2.55");
  CHECK(order.at("items").at(0).at("line_total") == "7.65");
  CHECK(stock_of(tea) == 7);
  CHECK(get("/v1/orders/" + reply.id()).body() == order);
}

TEST_CASE("a customer's idea of the price is refused with a quote when it is wrong",
          "[e2e][order]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("2.55", 10);
  json::object body = order_body(customer, {{tea, 2}});
  body["expected_total"] = "5.00";
  const Reply reply = post("/v1/orders", body);
  CHECK(reply.status == 409);
  CHECK(reply.code() == "price-changed");
  CHECK(reply.body().at("quote").at("total_price") == "5.10");
  CHECK(stock_of(tea) == 10);
  CHECK(get("/v1/orders/" + reply.member("order_id")).member("status") == "REJECTED");
  body["expected_total"] = "5.10";
  CHECK(post("/v1/orders", body).status == 201);
}

TEST_CASE("an order that nobody waits for is an operation that ends in the order", "[e2e][order]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("2.55", 10);
  const Call order = json_call("POST", "/v1/orders", order_body(customer, {{tea, 1}}));
  const Reply reply = call(with_header(order, "Prefer", "respond-async"));
  REQUIRE(reply.status == 202);
  const std::string path{reply.headers.get("Location")};
  REQUIRE(path.starts_with("/v1/operations/"));
  const Reply operation = finished_operation(path);
  CHECK(operation.member("status") == "succeeded");
  const json::value result = operation.body().at("result");
  CHECK(result.at("status") == "CONFIRMED");
  CHECK(get("/v1/orders/" + text(result.as_object(), "id")).body() == result);
}

TEST_CASE("a refused operation tells the problem", "[e2e][order]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("2.55", 1);
  const Call order = json_call("POST", "/v1/orders", order_body(customer, {{tea, 2}}));
  const Reply reply = call(with_header(order, "Prefer", "respond-async"));
  REQUIRE(reply.status == 202);
  const Reply operation = finished_operation(std::string{reply.headers.get("Location")});
  CHECK(operation.member("status") == "failed");
  CHECK(operation.body().at("problem").at("code") == "out-of-stock");
}

TEST_CASE("unknown products are all named", "[e2e][order]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("2.55", 1);
  const std::string gone = make_product("2.55", 1);
  REQUIRE(remove("/v1/products/" + gone).status == 204);
  const std::string never = new_id().to_string();
  const Reply reply = place(customer, {{gone, 1}, {tea, 1}, {never, 1}});
  CHECK(reply.status == 422);
  CHECK(reply.code() == "unknown-product");
  std::set<std::string> named;
  for (const auto& item : reply.body().at("items").as_array()) {
    named.insert(text(item.as_object(), "product_id"));
  }
  CHECK(named == std::set{gone, never});
  CHECK(stock_of(tea) == 1);
}

TEST_CASE("a foreign and an unknown address are refused in the same words", "[e2e][order]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("2.55", 1);
  const Reply foreign = place({customer.id, make_customer().address_id}, {{tea, 1}});
  const Reply unknown = place({customer.id, new_id().to_string()}, {{tea, 1}});
  CHECK(foreign.status == 422);
  CHECK(unknown.status == 422);
  CHECK(foreign.code() == "unknown-address");
  CHECK(foreign.member("detail") == unknown.member("detail"));
  CHECK(all_items("/v1/users/" + customer.id + "/orders?limit=100").empty());
}

TEST_CASE("products of two currencies are no order", "[e2e][order]") {
  const Customer customer = make_customer();
  const auto product = [](const std::string& currency) {
    return post("/v1/products", {{"name", unique("tea")},
                                 {"price", "1.00"},
                                 {"currency", currency},
                                 {"stock_quantity", 5}})
        .id();
  };
  const Reply reply = place(customer, {{product("GBP"), 1}, {product("USD"), 1}});
  CHECK(reply.status == 422);
  CHECK(reply.code() == "mixed-currency");
}

TEST_CASE("lines of one product merge at the place of the first", "[e2e][order]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("1.00", 10);
  const std::string pot = make_product("2.00", 10);
  const Reply reply = place(customer, {{tea, 1}, {pot, 1}, {tea, 2}});
  REQUIRE(reply.status == 201);
  const json::value order = reply.body();
  REQUIRE(order.at("items").as_array().size() == 2);
  CHECK(order.at("items").at(0).at("product_id") == json::value(tea));
  CHECK(order.at("items").at(0).at("quantity") == 3);
}

TEST_CASE("an order goes its way and no other", "[e2e][order]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("1.00", 10);
  const std::string path = "/v1/orders/" + place(customer, {{tea, 4}}).id();
  const auto move = [&](const char* status) { return patch(path, {{"status", status}}); };
  CHECK(move("shipped").status == 409);
  CHECK(move("paid").member("status") == "PAID");
  const Reply again = move("PAID");
  CHECK(again.status == 409);
  CHECK(again.code() == "illegal-transition");
  CHECK(again.member("from") == "PAID");
  CHECK(again.body().at("allowed").is_array());
  CHECK(move("SHIPPED").status == 200);
  CHECK(post(path + "/cancel", json::object{}).status == 409);
  CHECK(move("DELIVERED").member("status") == "DELIVERED");
  CHECK(stock_of(tea) == 6);
}

TEST_CASE("cancelling gives back what was reserved, once", "[e2e][order]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("1.00", 10);
  const std::string path = "/v1/orders/" + place(customer, {{tea, 4}}).id();
  REQUIRE(stock_of(tea) == 6);
  const Reply canceled = post(path + "/cancel", {{"reason", "changed my mind"}});
  CHECK(canceled.status == 200);
  CHECK(canceled.member("status") == "CANCELED");
  CHECK(canceled.body().at("reason").at("text") == "changed my mind");
  CHECK(post(path + "/cancel", json::object{}).code() == "illegal-transition");
  CHECK(testing::eventually(seconds{10}, [&] { return stock_of(tea) == 10; }));
  const auto movements = movements_of(tea);
  REQUIRE(movements.size() == 3);
  CHECK(text(movements[1], "kind") == "reservation");
  CHECK(text(movements[2], "kind") == "release");
}

TEST_CASE("an order's timeline tells its steps in order", "[e2e][order]") {
  const Customer customer = make_customer();
  const std::string path = "/v1/orders/" + place(customer, {{make_product("1.00", 10), 4}}).id();
  REQUIRE(patch(path, {{"status", "PAID"}}).status == 200);
  const Reply reply = get(path + "/timeline");
  REQUIRE(reply.status == 200);
  const auto items = reply.body().at("items").as_array();
  CHECK(items.size() >= 3);
  for (std::size_t i = 1; i < items.size(); ++i) {
    CHECK(text(items[i - 1].as_object(), "at") <= text(items[i].as_object(), "at"));
  }
}
