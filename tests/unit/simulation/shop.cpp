#include "tests/unit/simulation/shop.hpp"

namespace waybill::simulation {
namespace {

using What = Message::What;

void put(Store& tx, orders::Order order) {
  tx.tell({.key = order.id.to_string(), .order = order});
  tx.orders.insert_or_assign(order.id, std::move(order));
}

void send(Store& tx, const std::string& queue, Message message) {
  tx.tell({.queue = queue, .key = message.id.to_string(), .message = std::move(message)});
}

void release(Store& tx, const Id& order) {
  send(tx, "product", {.what = What::release, .id = derive_id(order, "release"), .order = order});
}

Outcome place(Store& tx, const Message& command, Instant now) {
  if (tx.orders.contains(command.id)) return {};
  orders::Order order;
  order.id = command.id;
  order.created_at = now;
  for (const orders::Line& line : command.lines) {
    orders::Item item;
    item.product_id = line.product_id;
    item.quantity = line.quantity;
    order.items.push_back(std::move(item));
  }
  put(tx, std::move(order));
  send(tx, "product",
       {.what = What::reserve,
        .id = derive_id(command.id, "reserve"),
        .order = command.id,
        .lines = command.lines});
  return {};
}

Outcome cancel(Store& tx, const Message& command, Instant now) {
  const auto found = tx.orders.find(command.order);
  if (found == tx.orders.end()) return {404, {}};
  const orders::Status was = found->second.status;
  auto moved = orders::move(found->second, orders::Status::canceled, orders::Actor::owner, {}, now);
  if (!moved) return {409, {}};
  if (orders::releases_stock(was, moved->status)) release(tx, command.order);
  put(tx, std::move(*moved));
  return {200, {}};
}

Outcome settle(Store& tx, const Message& command, Instant now, Bug bug) {
  const auto found = tx.orders.find(command.order);
  if (found == tx.orders.end() || found->second.status == orders::Status::rejected) {
    if (command.what == What::reserved) release(tx, command.order);
    return {204, {}};
  }
  orders::Order before = found->second;
  if (bug == Bug::reply_applied_twice) before.status = orders::Status::pending;
  auto after = command.what == What::reserved
                   ? orders::confirm(before, *command.reservation, now, milliseconds{0})
                   : orders::reject(before, {"out-of-stock", {}, {}}, now);
  if (!after) return {204, {}};  // delivered twice
  put(tx, std::move(*after));
  return {204, {{command.order, command.what == What::reserved ? 201 : 409}}};
}

orders::Reservation reservation_of(const products::Quote& quote) {
  orders::Reservation reservation{{}, quote.total, quote.currency};
  for (const auto& line : quote.lines) {
    reservation.lines.push_back({line.product_id, line.sku, line.name, line.price, line.total});
  }
  return reservation;
}

Outcome reserve(Store& tx, const Message& command, Instant now) {
  if (!tx.decided.insert(command.order).second || tx.released.contains(command.order)) {
    return {204, {}};
  }
  products::Request request{command.order, {}, {}};
  for (const orders::Line& line : command.lines) {
    request.lines.push_back({line.product_id, line.quantity});
  }
  Message answer{
      .what = What::refused, .id = derive_id(command.order, "reserved"), .order = command.order};
  if (const auto quote = products::quote(tx.products, request)) {
    for (const auto& movement : products::reserve(tx.products, command.order, *quote, now)) {
      tx.held[command.order].push_back({movement.product_id, -movement.quantity});
      tx.ledger -= movement.quantity;
    }
    answer.what = What::reserved;
    answer.reservation = reservation_of(*quote);
  }
  send(tx, "order", std::move(answer));
  return {204, {}};
}

Outcome give_back(Store& tx, const Message& command, Instant now) {
  if (!tx.released.insert(command.order).second) return {204, {}};
  for (const auto& movement :
       products::release(tx.products, command.order, tx.held[command.order], now)) {
    tx.ledger -= movement.quantity;
  }
  tx.held.erase(command.order);
  return {204, {}};
}

}  // namespace

Outcome handle(Store& tx, const Message& command, Instant now, Bug bug) {
  switch (command.what) {
    case What::place:
      return place(tx, command, now);
    case What::cancel:
      return cancel(tx, command, now);
    case What::reserve:
      return reserve(tx, command, now);
    case What::release:
      return give_back(tx, command, now);
    default:
      return settle(tx, command, now, bug);
  }
}

}  // namespace waybill::simulation
