#include "services/product/events/product_events.hpp"

#include "libs/contract/json.hpp"

namespace waybill::product::events {
namespace {

constexpr std::string_view topic = "waybill.products";

std::string cache_key(const Id& id) {
  return "product:" + id.to_string();
}

}  // namespace

v1::Product to_message(const domain::Product& product) {
  v1::Product message;
  message.set_id(product.id.to_string());
  if (product.sku) message.set_sku(*product.sku);
  message.set_name(product.name);
  if (product.description) message.set_description(*product.description);
  message.set_price(format_money(product.price));
  message.set_currency(product.currency);
  message.set_stock_quantity(product.stock_quantity);
  message.set_version(product.version);
  message.set_created_at(to_rfc3339(product.created_at));
  if (product.updated_at) message.set_updated_at(to_rfc3339(*product.updated_at));
  return message;
}

v1::StockMovement to_message(const domain::Movement& movement) {
  v1::StockMovement message;
  message.set_id(movement.id.to_string());
  message.set_kind(std::string{domain::to_string(movement.kind)});
  message.set_quantity(movement.quantity);
  message.set_balance(movement.balance);
  if (movement.order_id) message.set_order_id(movement.order_id->to_string());
  if (movement.reason) message.set_reason(*movement.reason);
  message.set_at(to_rfc3339(movement.at));
  return message;
}

std::string representation(const domain::Product& product) {
  return contract::to_json(to_message(product));
}

std::string representation(const domain::Movement& movement) {
  return contract::to_json(to_message(movement));
}

void tell_changed(outbox::Writer& out, const domain::Product& product,
                  std::span<const domain::Movement> movements, const outbox::Cause& cause) {
  v1::ProductChanged event;
  *event.mutable_product() = to_message(product);
  for (const domain::Movement& movement : movements) {
    *event.add_movements() = to_message(movement);
  }
  out.event(topic, product.id, product.version, event, cause);
  out.invalidate(cache_key(product.id), product.version);
}

void tell_deleted(outbox::Writer& out, const domain::Product& product, const outbox::Cause& cause) {
  v1::ProductDeleted event;
  event.set_id(product.id.to_string());
  event.set_version(product.version);
  out.event(topic, product.id, product.version, event, cause);
  out.invalidate(cache_key(product.id), product.version);
}

}  // namespace waybill::product::events
