// Placing a batch of orders, whether they have just come or have waited for their address.
#pragma once

#include <functional>
#include <unordered_map>
#include <vector>

#include "services/order/commands/commands.hpp"
#include "services/order/domain/order.hpp"
#include "services/order/store/customers.hpp"

namespace waybill::order::commands {

// Says what becomes of an order whose delivery address is not known.
using AddressMissing =
    std::function<outbox::Outcome(const outbox::Command<v1::PlaceOrder>&, const domain::Order&)>;

using Addresses = std::unordered_map<Id, store::CustomerAddress>;

// One outcome per command, in their order; see PlaceOrders. `told`: addresses for which the
// projection need not be asked.
std::vector<outbox::Outcome> place(pg::Tx& tx, Batch<v1::PlaceOrder> batch, outbox::Writer& out,
                                   const AddressMissing& missing, const Addresses& told = {});

// The user whose order it is.
Result<Id> customer_of(const outbox::Command<v1::PlaceOrder>& command);

// 422 unknown-address: the same words for an address that nobody has and one of somebody else.
outbox::Outcome refuse_address();

}  // namespace waybill::order::commands
