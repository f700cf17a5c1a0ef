#include "tests/e2e/support/shop.hpp"

#include "libs/core/id.hpp"

namespace waybill::e2e {
namespace {

namespace json = boost::json;

Reply created(Reply reply) {
  if (reply.status != 201) {
    throw std::runtime_error{fmt::format("201 was expected, not {}: {}", reply.status, reply.text)};
  }
  return reply;
}

}  // namespace

std::string unique(const std::string& stem) {
  return stem + "-" + new_id().to_string();
}

Customer make_customer() {
  const std::string name = unique("customer");
  Account account;
  account.id =
      created(post("/v1/users", {{"email", name + "@test.example"}, {"username", name}})).id();
  return make_customer(account);
}

Customer make_customer(const Account& account) {
  Customer customer{account.id, {}};
  const json::value address{{"street", "1 Quay Street"},
                            {"city", "Bristol"},
                            {"state", "Avon"},
                            {"zip_code", "BS1 4DA"},
                            {"country", "United Kingdom"}};
  customer.address_id = created(post("/v1/users/" + customer.id + "/addresses", address)).id();
  return customer;
}

std::string make_product(const std::string& price, std::int64_t stock) {
  return created(post("/v1/products",
                      {{"name", unique("tea")}, {"price", price}, {"stock_quantity", stock}}))
      .id();
}

json::object order_body(const Customer& customer, const std::vector<Item>& items) {
  json::array lines;
  for (const Item& item : items) {
    lines.push_back({{"product_id", item.product_id}, {"quantity", item.quantity}});
  }
  return {{"user_id", customer.id},
          {"delivery_address_id", customer.address_id},
          {"items", std::move(lines)}};
}

Reply place(const Customer& customer, const std::vector<Item>& items) {
  return post("/v1/orders", order_body(customer, items));
}

std::int64_t stock_of(const std::string& product_id) {
  return get("/v1/products/" + product_id).number("stock_quantity");
}

std::vector<json::object> movements_of(const std::string& product_id) {
  auto movements = all_items("/v1/products/" + product_id + "/stock-movements?limit=100");
  std::reverse(movements.begin(), movements.end());
  return movements;
}

std::vector<json::object> all_items(const std::string& path) {
  std::vector<json::object> items;
  std::string cursor;
  do {
    const Reply page = get(cursor.empty() ? path : path + "&cursor=" + web::url_encode(cursor));
    if (page.status != 200) throw std::runtime_error{path + ": " + page.text};
    for (const json::value& item : page.body().at("items").as_array()) {
      items.push_back(item.as_object());
    }
    cursor = page.member("next");
  } while (!cursor.empty());
  return items;
}

std::string text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (!value || value->is_null()) return {};
  return value->is_string() ? std::string{value->get_string()} : json::serialize(*value);
}

}  // namespace waybill::e2e
