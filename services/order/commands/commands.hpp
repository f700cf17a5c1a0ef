// The order service's command handlers. Each takes a batch, reads and writes sets, and gives one
// outcome per command in their order. Orders are locked in id order.
#pragma once

#include <chrono>
#include <span>
#include <vector>

#include "libs/outbox/processor.hpp"
#include "waybill/order/v1/commands.pb.h"

namespace waybill::order::commands {

template <class Message>
using Batch = std::span<const outbox::Command<Message>>;

// Places the orders of one batch. An order takes its id from its command: placing twice is placing
// once. The outcome is deferred until the product service has decided.
// 400 for a caller who is no user and names none, and for an order_date in the future; 403 where a
// customer asks for what is staff's; 422 unknown-address at once when it is somebody else's. An
// order whose address is not known is parked for `address_wait` (see parked_orders.hpp).
struct PlaceOrders {
  std::chrono::milliseconds address_wait;
  std::vector<outbox::Outcome> operator()(pg::Tx& tx, Batch<v1::PlaceOrder> batch,
                                          outbox::Writer& out) const;
};

// PENDING → CONFIRMED, and the customer is answered. Twice or late is nothing; units reserved for
// an order that does not want them go back.
struct ConfirmOrders {
  std::chrono::milliseconds unpaid_timeout;  // 0: never
  std::vector<outbox::Outcome> operator()(pg::Tx& tx, Batch<v1::StockReserved> batch,
                                          outbox::Writer& out) const;
};

// PENDING → REJECTED, and the customer is told why. Twice or late is nothing.
std::vector<outbox::Outcome> reject_orders(pg::Tx& tx, Batch<v1::StockRefused> batch,
                                           outbox::Writer& out);

// 400 for a word that is no status; 404 for an order that is not the caller's; 403 where a customer
// asks for anything but CANCELED; 412 stale; 409 illegal-transition.
std::vector<outbox::Outcome> change_order_status(pg::Tx& tx, Batch<v1::ChangeOrderStatus> batch,
                                                 outbox::Writer& out);
std::vector<outbox::Outcome> cancel_orders(pg::Tx& tx, Batch<v1::CancelOrder> batch,
                                           outbox::Writer& out);

// All of them by message type.
outbox::Handlers make_handlers(std::chrono::milliseconds address_wait,
                               std::chrono::milliseconds unpaid_timeout);

}  // namespace waybill::order::commands
