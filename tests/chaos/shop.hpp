// What the clients of a chaos run do in the shop.
#pragma once

#include <string>
#include <vector>

#include "libs/testing/dice.hpp"
#include "tests/e2e/support/shop.hpp"

namespace waybill::chaos {

class Shop {
 public:
  enum class Plenty { of_all, of_most };
  // Of most: one product sells out soon, so that some orders are refused.
  explicit Shop(Plenty plenty = Plenty::of_most);

  // Some lines of some products; now and then of the one that sells out. The key is the order's
  // reference too: the audit finds the order even if no answer ever came.
  e2e::Call order(testing::Dice& dice, const std::string& key) const;
  static e2e::Call cancel(const std::string& order);
  static e2e::Call pay(const std::string& order);
  static e2e::Call reprice(const std::string& product, const std::string& price);

 private:
  e2e::Customer customer_ = e2e::make_customer();
  std::vector<std::string> products_;
};

}  // namespace waybill::chaos
