// What clients see of an order.
#include <catch2/catch.hpp>

#include "services/order/commands/rejection.hpp"
#include "services/order/events/order_events.hpp"
#include "services/order/store/list_sql.hpp"

using namespace waybill;
using namespace waybill::order;
namespace json = boost::json;

namespace {

domain::Order pending_order() {
  domain::Order order;
  order.id = new_id();
  order.user_id = new_id();
  order.delivery_address_id = new_id();
  order.delivery_address = {"Hauptstr. 1", "Berlin", "BE", "10115", "DE"};
  domain::Item item;
  item.id = new_id();
  item.product_id = new_id();
  item.quantity = 2;
  order.items = {item};
  order.order_date = order.created_at = from_unix_micros(1'767'000'000'123'456);
  return order;
}

json::object represent(const domain::Order& order) {
  return json::parse(events::representation(order)).as_object();
}

}  // namespace

TEST_CASE("a pending order shows every member, those that are not known yet as null", "[order]") {
  const json::object seen = represent(pending_order());
  std::vector<std::string> names;
  for (const auto& member : seen) names.emplace_back(member.key());
  CHECK(names == std::vector<std::string>{"id", "user_id", "delivery_address_id",
                                          "delivery_address", "reference", "status", "total_price",
                                          "currency", "items", "order_date", "reason", "expires_at",
                                          "version", "created_at", "updated_at"});
  CHECK(seen.at("status").as_string() == "PENDING");
  CHECK(seen.at("created_at").as_string() == "2025-12-29T09:20:00.123Z");
  for (const char* name :
       {"reference", "total_price", "currency", "reason", "expires_at", "updated_at"}) {
    CAPTURE(name);
    CHECK(seen.at(name).is_null());
  }
  const json::object& item = seen.at("items").as_array().at(0).as_object();
  CHECK(item.at("quantity").to_number<int>() == 2);
  CHECK(item.at("name").as_string().empty());
  CHECK(item.at("price_at_order").is_null());
}

TEST_CASE("money is printed with two digits", "[order]") {
  domain::Order order = pending_order();
  order.total_price = 398000;
  order.items[0].price = 199000;
  order.items[0].total = 398000;
  const json::object seen = represent(order);
  CHECK(seen.at("total_price").as_string() == "3980.00");
  CHECK(seen.at("items").at(0).at("line_total").as_string() == "3980.00");
}

TEST_CASE("a reason without items says so with null", "[order]") {
  domain::Order order = pending_order();
  order.reason = domain::Reason{"by-customer", "no need", {}};
  const json::object reason = represent(order).at("reason").as_object();
  CHECK(reason.at("code").as_string() == "by-customer");
  CHECK(reason.at("text").as_string() == "no need");
  CHECK(reason.at("items").is_null());
}

TEST_CASE("a rejection is told with its kind, its members and the order", "[order][saga]") {
  domain::Order order = pending_order();
  const json::object members{
      {"items", json::array{json::object{{"product_id", order.items[0].product_id.to_string()},
                                         {"requested", 2},
                                         {"available", 1}}}}};
  order.reason = commands::rejection_reason("out-of-stock", members);
  REQUIRE(order.reason->items.size() == 1);
  CHECK(order.reason->items[0].available == 1);
  const Fault fault = commands::rejection_fault(order, members);
  CHECK(fault.kind == FaultKind::conflict);
  CHECK(fault.members.at("order_id").as_string() == order.id.to_string());
  CHECK(fault.members.at("items") == members.at("items"));
  // What the order remembers is enough to say it again.
  CHECK(commands::rejection_fault(order, {}).members.at("items") == members.at("items"));
  for (const auto& [code, kind] :
       std::map<std::string, FaultKind>{{"unknown-product", FaultKind::unprocessable},
                                        {"mixed-currency", FaultKind::unprocessable},
                                        {"total-too-large", FaultKind::unprocessable},
                                        {"price-changed", FaultKind::conflict}}) {
    order.reason = commands::rejection_reason(code, {});
    CHECK(commands::rejection_fault(order, {}).kind == kind);
    CHECK(commands::rejection_fault(order, {}).code == code);
  }
}

TEST_CASE("each combination of filters and sort has one statement with a name of its own",
          "[order][list]") {
  std::map<std::string, std::string> by_name;
  for (int bits = 0; bits < 256; ++bits) {
    for (const auto key :
         {sql::SortKey::created_at, sql::SortKey::order_date, sql::SortKey::total_price}) {
      sql::ListShape shape;
      shape.by_user = bits & 1;
      shape.by_status = bits & 2;
      shape.from = bits & 4;
      shape.to = bits & 8;
      shape.by_reference = bits & 16;
      shape.after_cursor = bits & 32;
      shape.descending = bits & 64;
      shape.long_page = bits & 128;
      shape.sort = key;
      const pg::Statement& statement = sql::list_orders(shape);
      CHECK(std::string_view{statement.name}.size() < 64);  // PostgreSQL cuts longer names off
      CHECK(&sql::list_orders(shape) == &statement);
      by_name.emplace(statement.name, statement.sql);
    }
  }
  CHECK(by_name.size() == 768);
}
