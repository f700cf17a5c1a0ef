// The orders of an import as the order service and the topic tell them.
#pragma once

#include "libs/messaging/broker.hpp"
#include "tools/waybill/demo/tally.hpp"
#include "tools/waybill/gateway.hpp"
#include "tools/waybill/retail/account.hpp"

namespace waybill::tool::demo {

// Pages through /v1/users/{id}/orders of all customers of the import, and keeps its own orders.
// Throws std::runtime_error when a page is refused.
Orders from_service(const GatewayOptions& gateway, const retail::Execution& execution);

// The last state that waybill.orders has of each of these orders. Reads from shortly before the
// first of them was created. Throws std::runtime_error when Kafka is away.
Orders from_topic(messaging::KafkaBroker& kafka, const Orders& orders);

}  // namespace waybill::tool::demo
