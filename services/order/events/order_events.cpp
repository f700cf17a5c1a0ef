#include "services/order/events/order_events.hpp"

#include "libs/contract/json.hpp"

namespace waybill::order::events {
namespace {

void write(const domain::Address& address, v1::DeliveryAddress& message) {
  message.set_street(address.street);
  message.set_city(address.city);
  message.set_state(address.state);
  message.set_zip_code(address.zip_code);
  message.set_country(address.country);
}

void write(const domain::Item& item, v1::OrderItem& message) {
  message.set_id(item.id.to_string());
  message.set_product_id(item.product_id.to_string());
  if (item.sku) message.set_sku(*item.sku);
  message.set_name(item.name);
  message.set_quantity(item.quantity);
  if (item.price) message.set_price_at_order(format_money(*item.price));
  if (item.total) message.set_line_total(format_money(*item.total));
}

void write(const domain::Reason& reason, v1::Reason& message) {
  message.set_code(reason.code);
  if (reason.text) message.set_text(*reason.text);
  for (const domain::ReasonItem& item : reason.items) {
    v1::ReasonItem& written = *message.add_items();
    written.set_product_id(item.product_id.to_string());
    if (item.requested) written.set_requested(*item.requested);
    if (item.available) written.set_available(*item.available);
  }
}

template <class Event>
void tell_as(outbox::Writer& out, const domain::Order& order, const outbox::Cause& cause) {
  Event event;
  *event.mutable_order() = to_message(order);
  out.event(topic, order.id, order.version, event, cause);
}

void tell_event(outbox::Writer& out, const domain::Order& order, const outbox::Cause& cause) {
  switch (order.status) {
    case domain::Status::pending:
      return tell_as<v1::OrderPlaced>(out, order, cause);
    case domain::Status::confirmed:
      return tell_as<v1::OrderConfirmed>(out, order, cause);
    case domain::Status::rejected:
      return tell_as<v1::OrderRejected>(out, order, cause);
    case domain::Status::paid:
      return tell_as<v1::OrderPaid>(out, order, cause);
    case domain::Status::shipped:
      return tell_as<v1::OrderShipped>(out, order, cause);
    case domain::Status::delivered:
      return tell_as<v1::OrderDelivered>(out, order, cause);
    case domain::Status::canceled:
      return tell_as<v1::OrderCanceled>(out, order, cause);
  }
}

}  // namespace

v1::Order to_message(const domain::Order& order) {
  v1::Order message;
  message.set_id(order.id.to_string());
  message.set_user_id(order.user_id.to_string());
  message.set_delivery_address_id(order.delivery_address_id.to_string());
  write(order.delivery_address, *message.mutable_delivery_address());
  if (order.reference) message.set_reference(*order.reference);
  message.set_status(std::string{domain::to_string(order.status)});
  if (order.total_price) message.set_total_price(format_money(*order.total_price));
  if (order.currency) message.set_currency(*order.currency);
  for (const domain::Item& item : order.items) write(item, *message.add_items());
  message.set_order_date(to_rfc3339(order.order_date));
  if (order.reason) write(*order.reason, *message.mutable_reason());
  if (order.expires_at) message.set_expires_at(to_rfc3339(*order.expires_at));
  message.set_version(order.version);
  message.set_created_at(to_rfc3339(order.created_at));
  if (order.updated_at) message.set_updated_at(to_rfc3339(*order.updated_at));
  return message;
}

std::string representation(const domain::Order& order) {
  return contract::to_json(to_message(order));
}

void tell(outbox::Writer& out, const domain::Order& order, const outbox::Cause& cause) {
  tell_event(out, order, cause);
  // Nobody can have read an order before its first version, so there is nothing to drop.
  if (order.version > 1) out.invalidate("order:" + order.id.to_string(), order.version);
}

}  // namespace waybill::order::events
