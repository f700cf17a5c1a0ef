// Orders as messages: the representation over HTTP and the state in events are the same.
#pragma once

#include <string>
#include <string_view>

#include "libs/outbox/writer.hpp"
#include "services/order/domain/order.hpp"
#include "waybill/order/v1/events.pb.h"

namespace waybill::order::events {

inline constexpr std::string_view topic = "waybill.orders";

v1::Order to_message(const domain::Order& order);

// The JSON that clients see.
std::string representation(const domain::Order& order);

// Tells the present state under the name of its status (OrderPlaced … OrderCanceled) and drops the
// cache entry of the state before.
void tell(outbox::Writer& out, const domain::Order& order, const outbox::Cause& cause);

}  // namespace waybill::order::events
