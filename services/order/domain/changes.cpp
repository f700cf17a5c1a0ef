#include "services/order/domain/changes.hpp"

#include <unordered_map>
#include <utility>

namespace waybill::order::domain {
namespace {

// Whatever comes next: an order waits for payment only as long as it is CONFIRMED.
void step(Order& order, Status to, Instant now) {
  order.status = to;
  order.expires_at.reset();
  order.updated_at = now;
  ++order.version;
}

void price(std::vector<Item>& items, const std::vector<PricedLine>& lines) {
  std::unordered_map<Id, const PricedLine*> by_product;
  for (const PricedLine& line : lines) by_product.emplace(line.product_id, &line);
  for (Item& item : items) {
    const auto found = by_product.find(item.product_id);
    if (found == by_product.end()) continue;
    item.sku = found->second->sku;
    item.name = found->second->name;
    item.price = found->second->price;
    item.total = found->second->total;
  }
}

}  // namespace

Result<Order> confirm(Order order, const Reservation& reservation, Instant now,
                      std::chrono::milliseconds unpaid_timeout) {
  const auto allowed = check_transition(order.status, Status::confirmed, Actor::saga);
  if (!allowed) return allowed.error();
  step(order, Status::confirmed, now);
  price(order.items, reservation.lines);
  order.total_price = reservation.total_price;
  order.currency = reservation.currency;
  if (unpaid_timeout.count() > 0) order.expires_at = now + unpaid_timeout;
  return order;
}

Result<Order> reject(Order order, Reason reason, Instant now) {
  const auto allowed = check_transition(order.status, Status::rejected, Actor::saga);
  if (!allowed) return allowed.error();
  step(order, Status::rejected, now);
  order.reason = std::move(reason);
  return order;
}

Result<Order> move(Order order, Status to, Actor by, std::optional<Reason> reason, Instant now) {
  const auto allowed = check_transition(order.status, to, by);
  if (!allowed) return allowed.error();
  step(order, to, now);
  if (to == Status::canceled) order.reason = std::move(reason);
  return order;
}

bool releases_stock(Status before, Status after) {
  return after == Status::canceled && (before == Status::confirmed || before == Status::paid);
}

}  // namespace waybill::order::domain
