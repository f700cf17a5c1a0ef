#include "tests/bench/scene.hpp"

#include <random>

namespace waybill::bench {
namespace {

constexpr std::size_t kProducts = 100;
constexpr std::size_t kDifferentOrders = 1000;
constexpr std::int64_t kStock = 1'000'000'000;

}  // namespace

Scene::Scene(std::size_t lines) : customer_{e2e::make_customer()} {
  for (std::size_t i = 0; i < kProducts; ++i) {
    products_.push_back(e2e::make_product("2.50", kStock));
  }
  const std::string host = e2e::gateway_address();
  std::minstd_rand random{42};  // the same orders in each run
  for (std::size_t i = 0; i < kDifferentOrders; ++i) {
    const std::size_t first = random() % kProducts;
    std::vector<e2e::Item> items;
    for (std::size_t line = 0; line < lines; ++line) {
      items.push_back({products_[(first + line) % kProducts], 1});
    }
    const std::string body = boost::json::serialize(e2e::order_body(customer_, items));
    orders_.push_back(
        {request_bytes("POST", "/v1/orders", host, body), static_cast<std::int64_t>(lines)});
  }
  for (const std::string& product : products_) {
    reads_.push_back({request_bytes("GET", "/v1/products/" + product, host), 0});
  }
}

std::string Scene::a_product() const {
  return e2e::get("/v1/products/" + products_[0]).text;
}

std::int64_t Scene::orders_in_service() const {
  return e2e::get("/v1/users/" + customer_.id + "/orders?limit=1&with_total=true").number("total");
}

std::int64_t Scene::units_gone() const {
  std::int64_t gone = 0;
  for (const std::string& product : products_) gone += kStock - e2e::stock_of(product);
  return gone;
}

}  // namespace waybill::bench
