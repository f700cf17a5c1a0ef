// What tests put into the shop: everything with fresh names, nothing shared.
#pragma once

#include <string>
#include <vector>

#include "tests/e2e/support/account.hpp"
#include "tests/e2e/support/http.hpp"

namespace waybill::e2e {

struct Customer {
  std::string id;
  std::string address_id;
};

struct Item {
  std::string product_id;
  std::int64_t quantity = 1;
};

// "tea-0190…": a text that nobody else has.
std::string unique(const std::string& stem);

// Each throws std::runtime_error with the answer when it isn't 201.
Customer make_customer();
// With an address of an account that is there.
Customer make_customer(const Account& account);
std::string make_product(const std::string& price, std::int64_t stock);

// The body of POST /v1/orders.
boost::json::object order_body(const Customer& customer, const std::vector<Item>& items);
Reply place(const Customer& customer, const std::vector<Item>& items);

std::int64_t stock_of(const std::string& product_id);
// All movements of a product, oldest first.
std::vector<boost::json::object> movements_of(const std::string& product_id);

// All items of a list, page after page, in the list's order.
std::vector<boost::json::object> all_items(const std::string& path);

std::string text(const boost::json::object& object, std::string_view name);

}  // namespace waybill::e2e
