// What the benchmark buys and who buys it, made fresh for each run through the ordinary routes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/load.hpp"
#include "tests/e2e/support/shop.hpp"

namespace waybill::bench {

class Scene {
 public:
  // `lines` different products per order.
  explicit Scene(std::size_t lines);

  const std::vector<Shot>& orders() const { return orders_; }
  const std::vector<Shot>& reads() const { return reads_; }
  // A product as the gateway answers it.
  std::string a_product() const;

  // Orders of this run's customer, as the order service counts them.
  std::int64_t orders_in_service() const;
  // Units that left the stock of this run's products.
  std::int64_t units_gone() const;

 private:
  e2e::Customer customer_;
  std::vector<std::string> products_;
  std::vector<Shot> orders_;
  std::vector<Shot> reads_;
};

}  // namespace waybill::bench
