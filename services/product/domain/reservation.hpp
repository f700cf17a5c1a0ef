// The decision on an order: all its lines are reserved, or none. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/product/domain/product.hpp"

namespace waybill::product::domain {

struct Line {
  Id product_id;
  std::int64_t quantity = 0;
};

struct Request {
  Id order_id;
  std::vector<Line> lines;  // lines of one product count together, at the place of the first
  std::optional<std::string> expected_total;  // the customer's idea, a decimal string
};

struct PricedLine {
  Id product_id;
  std::optional<std::string> sku;
  std::string name;
  std::int64_t quantity = 0;
  Minor price = 0;
  Minor total = 0;
};

// What the order costs by the catalogue.
struct Quote {
  std::vector<PricedLine> lines;
  Minor total = 0;
  std::string currency;
};

// Says whether the order can be had from what is there now, without taking anything. A fault's code
// and members are what the order's problem document shows; the first that applies of:
//   unknown-product {items: [{product_id}]}                          absent or deleted, all of them
//   mixed-currency  {currencies: […]}
//   out-of-stock    {items: [{product_id, requested, available}]}    all that fall short
//   total-too-large                                                  not countable in 64 bits
//   price-changed   {quote: {items: [{product_id, quantity, price, line_total}], total_price,
//   currency}}
Result<Quote> quote(const Products& products, const Request& request);

// Takes what was quoted; one movement per line.
std::vector<Movement> reserve(Products& products, const Id& order_id, const Quote& quote,
                              Instant at);

// Books back what an order holds. Products that are not there are passed over; deleted ones are
// not.
std::vector<Movement> release(Products& products, const Id& order_id, const std::vector<Line>& held,
                              Instant at);

}  // namespace waybill::product::domain
