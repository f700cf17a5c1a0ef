// The changes an order goes through: value in, value out, one version on. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "libs/core/fault.hpp"
#include "services/order/domain/order.hpp"
#include "services/order/domain/transitions.hpp"

namespace waybill::order::domain {

// A line as the catalogue priced it.
struct PricedLine {
  Id product_id;
  std::optional<std::string> sku;
  std::string name;
  Minor price = 0;  // per unit
  Minor total = 0;
};

// What the product service holds for an order.
struct Reservation {
  std::vector<PricedLine> lines;
  Minor total_price = 0;
  std::string currency;
};

// PENDING → CONFIRMED with the catalogue's prices. It waits `unpaid_timeout` for its payment, or
// for ever when that is 0. 409 illegal-transition when it is not PENDING.
Result<Order> confirm(Order order, const Reservation& reservation, Instant now,
                      std::chrono::milliseconds unpaid_timeout);

// PENDING → REJECTED. 409 illegal-transition when it is not PENDING.
Result<Order> reject(Order order, Reason reason, Instant now);

// A move that a person or the timer makes; `reason` is kept where an order is canceled. 409
// illegal-transition.
Result<Order> move(Order order, Status to, Actor by, std::optional<Reason> reason, Instant now);

// Does the product service hold units for an order that was `before` and is `after`, which have to
// go back?
bool releases_stock(Status before, Status after);

}  // namespace waybill::order::domain
