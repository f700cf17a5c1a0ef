// Products as messages: the representation over HTTP and the state in events are the same.
#pragma once

#include <span>
#include <string>

#include "libs/outbox/writer.hpp"
#include "services/product/domain/product.hpp"
#include "waybill/product/v1/events.pb.h"

namespace waybill::product::events {

v1::Product to_message(const domain::Product& product);
v1::StockMovement to_message(const domain::Movement& movement);

// The JSON that clients see.
std::string representation(const domain::Product& product);
std::string representation(const domain::Movement& movement);

// Tells the present state with what moved the stock in this change, and drops the cache entry.
void tell_changed(outbox::Writer& out, const domain::Product& product,
                  std::span<const domain::Movement> movements, const outbox::Cause& cause);
void tell_deleted(outbox::Writer& out, const domain::Product& product, const outbox::Cause& cause);

}  // namespace waybill::product::events
