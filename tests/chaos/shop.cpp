#include "tests/chaos/shop.hpp"

namespace waybill::chaos {
namespace {

namespace json = boost::json;
using e2e::Call;

constexpr std::int64_t kStock = 10'000'000;
constexpr std::int64_t kScarce = 50;

Call patch(const std::string& path, const json::object& change) {
  return {
      "PATCH", path, json::serialize(change), {{"Content-Type", "application/merge-patch+json"}}};
}

}  // namespace

Shop::Shop(Plenty plenty) {
  for (int i = 0; i < 5; ++i) products_.push_back(e2e::make_product("2.00", kStock));
  const bool all = plenty == Plenty::of_all;
  products_.push_back(e2e::make_product("3.00", all ? kStock : kScarce));
}

Call Shop::order(testing::Dice& dice, const std::string& key) const {
  std::vector<e2e::Item> items;
  const std::size_t first = dice.below(products_.size());
  // One order in a while wants what is scarce.
  const std::size_t choice = dice.in(1, 20) ? products_.size() : products_.size() - 1;
  const std::size_t lines = 1 + dice.below(3);
  for (std::size_t i = 0; i < lines; ++i) {
    items.push_back({products_[(first + i) % choice], dice.between(1, 3)});
  }
  json::object body = e2e::order_body(customer_, items);
  body["reference"] = key;
  return e2e::json_call("POST", "/v1/orders", body);
}

Call Shop::cancel(const std::string& order) {
  return e2e::json_call("POST", "/v1/orders/" + order + "/cancel", json::object{});
}

Call Shop::pay(const std::string& order) {
  return patch("/v1/orders/" + order, {{"status", "PAID"}});
}

Call Shop::reprice(const std::string& product, const std::string& price) {
  return patch("/v1/products/" + product, {{"price", price}});
}

}  // namespace waybill::chaos
