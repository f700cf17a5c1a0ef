// Placing a batch of orders, whether they have just come or have waited for their address.
#pragma once

#include <functional>
#include <vector>

#include "services/order/commands/commands.hpp"
#include "services/order/domain/order.hpp"

namespace waybill::order::commands {

// Says what becomes of an order whose delivery address is not known.
using AddressMissing =
    std::function<outbox::Outcome(const outbox::Command<v1::PlaceOrder>&, const domain::Order&)>;

// One outcome per command, in their order; see PlaceOrders.
std::vector<outbox::Outcome> place(pg::Tx& tx, Batch<v1::PlaceOrder> batch, outbox::Writer& out,
                                   const AddressMissing& missing);

// 422 unknown-address: the same words for an address that nobody has and one of somebody else.
outbox::Outcome refuse_address();

}  // namespace waybill::order::commands
