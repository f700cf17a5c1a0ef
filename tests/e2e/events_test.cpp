#include <catch2/catch.hpp>

#include "libs/contract/json.hpp"
#include "libs/core/id.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/shop.hpp"
#include "tests/e2e/support/topic.hpp"
#include "waybill/order/v1/events.pb.h"
#include "waybill/product/v1/events.pb.h"

using namespace waybill;
using namespace waybill::e2e;
namespace json = boost::json;
using Told = std::vector<std::string>;

TEST_CASE("each change of an order is told once, in order", "[e2e][events]") {
  TopicWatch topic{"waybill.orders"};
  const Customer customer = make_customer();
  const std::string id = place(customer, {{make_product("1.00", 5), 2}}).id();
  for (const char* status : {"PAID", "SHIPPED", "DELIVERED"}) {
    REQUIRE(patch("/v1/orders/" + id, {{"status", status}}).status == 200);
  }
  const Told expected{"OrderPlaced 1", "OrderConfirmed 2", "OrderPaid 3", "OrderShipped 4",
                      "OrderDelivered 5"};
  CHECK(topic.until(seconds{15}, [&] { return topic.of(id).size() >= expected.size(); }));
  CHECK(topic.of(id) == expected);
}

TEST_CASE("an event carries the whole order as HTTP shows it, and CloudEvents' headers",
          "[e2e][events]") {
  TopicWatch topic{"waybill.orders"};
  const Customer customer = make_customer();
  Call order =
      json_call("POST", "/v1/orders", order_body(customer, {{make_product("1.00", 5), 2}}));
  const std::string correlation = unique("trace");
  const Reply placed = call(with_header(order, "X-Correlation-ID", correlation));
  const std::string id = placed.id();
  REQUIRE(topic.until(seconds{15}, [&] { return topic.of(id).size() >= 2; }));
  for (const messaging::Event& event : topic.all()) {
    if (event.key != id || header(event, "ce_version") != "2") continue;
    order::v1::OrderConfirmed confirmed;
    REQUIRE(confirmed.ParseFromString(event.value));
    CHECK(json::parse(contract::to_json(confirmed.order())) == placed.body());
    CHECK(header(event, "ce_specversion") == "1.0");
    CHECK(Id::parse(header(event, "ce_id")));
    CHECK(header(event, "ce_type") == "waybill.order.v1.OrderConfirmed");
    CHECK(header(event, "ce_subject") == id);
    CHECK(header(event, "ce_correlationid") == correlation);
    for (const char* name :
         {"ce_source", "ce_time", "ce_dataschema", "ce_causationid", "traceparent"}) {
      INFO(name);
      CHECK_FALSE(header(event, name).empty());
    }
    CHECK(header(event, "ce_sequence").size() == 20);
  }
}

TEST_CASE("a refused order tells that it was placed and rejected", "[e2e][events]") {
  TopicWatch topic{"waybill.orders"};
  const Reply refused = place(make_customer(), {{make_product("1.00", 1), 2}});
  const std::string id = refused.member("order_id");
  REQUIRE_FALSE(id.empty());
  CHECK(topic.until(seconds{15}, [&] { return topic.of(id).size() >= 2; }));
  CHECK(topic.of(id) == Told{"OrderPlaced 1", "OrderRejected 2"});
}

TEST_CASE("a product tells its movements with each change of stock", "[e2e][events]") {
  TopicWatch topic{"waybill.products"};
  const std::string tea = make_product("1.00", 5);
  const Reply placed = place(make_customer(), {{tea, 2}});
  REQUIRE(placed.status == 201);
  REQUIRE(remove("/v1/products/" + tea).status == 204);
  CHECK(topic.until(seconds{15}, [&] { return topic.of(tea).size() >= 3; }));
  CHECK(topic.of(tea) == Told{"ProductChanged 1", "ProductChanged 2", "ProductDeleted 3"});
  for (const messaging::Event& event : topic.all()) {
    if (event.key != tea || header(event, "ce_version") != "2") continue;
    product::v1::ProductChanged changed;
    REQUIRE(changed.ParseFromString(event.value));
    CHECK(changed.product().stock_quantity() == 3);
    REQUIRE(changed.movements_size() == 1);
    CHECK(changed.movements(0).quantity() == -2);
    CHECK(changed.movements(0).order_id() == placed.id());
  }
}
