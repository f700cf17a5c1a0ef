#include "libs/contract/json.hpp"
#include "libs/projection/rows.hpp"
#include "services/report/projections/projections.hpp"
#include "services/report/store/known.hpp"
#include "waybill/order/v1/events.pb.h"

namespace waybill::report::projections {
namespace {

namespace v1 = waybill::order::v1;

std::string read_lines(const v1::Order& order, const messaging::Event& event) {
  std::string lines = "[";
  for (const v1::OrderItem& item : order.items()) {
    if (lines.size() > 1) lines += ',';
    lines += R"({"product_id":)";
    contract::append_json_string(item.product_id(), lines);
    lines += R"(,"sku":)";
    if (item.has_sku()) {
      contract::append_json_string(item.sku(), lines);
    } else {
      lines += "null";
    }
    lines += R"(,"name":)";
    contract::append_json_string(item.name(), lines);
    lines += fmt::format(R"(,"quantity":{})", item.quantity());
    if (item.has_line_total()) {
      lines += fmt::format(R"(,"total":{})", projection::read_amount(item.line_total(), event));
    }
    lines += '}';
  }
  return lines + ']';
}

store::SoldOrder to_order(const v1::Order& order, const messaging::Event& event) {
  store::SoldOrder row;
  row.id = projection::read_id(order.id(), event);
  row.version = order.version();
  row.user_id = projection::read_id(order.user_id(), event);
  row.status = order.status();
  row.order_date = projection::read_instant(order.order_date(), event);
  if (order.has_currency()) row.currency = order.currency();
  if (order.has_total_price()) {
    row.total_price = projection::read_amount(order.total_price(), event);
  }
  for (const v1::OrderItem& item : order.items()) row.units += item.quantity();
  row.lines = read_lines(order, event);
  row.partition = event.partition;
  row.position = event.offset;
  return row;
}

store::OrderStep to_step(const v1::Order& order, const messaging::Event& event) {
  return {projection::read_id(order.id(), event),
          order.version(),
          order.status(),
          projection::read_instant(projection::header(event, "ce_time"), event),
          projection::header(event, "ce_causationid"),
          projection::header(event, "ce_correlationid"),
          event.partition,
          event.offset,
          from_unix_micros(event.timestamp_ms * 1000)};
}

// Every event of an order carries the whole order.
template <class Row, class... Events>
projection::Rows<Row> rows_of(Row (*read)(const v1::Order&, const messaging::Event&)) {
  projection::Rows<Row> rows;
  (rows.template on<Events>([read](const Events& message, const messaging::Event& event) {
    return read(message.order(), event);
  }),
   ...);
  return rows;
}

template <class Row>
projection::Rows<Row> all_events(Row (*read)(const v1::Order&, const messaging::Event&)) {
  return rows_of<Row, v1::OrderPlaced, v1::OrderConfirmed, v1::OrderRejected, v1::OrderPaid,
                 v1::OrderShipped, v1::OrderDelivered, v1::OrderCanceled>(read);
}

}  // namespace

std::vector<store::SoldOrder> read_orders(std::span<const messaging::Event> events) {
  static const auto rows = all_events<store::SoldOrder>(to_order);
  return rows.every(events);
}

projection::Definition orders() {
  return {.name = store::orders_projection,
          .service = "report",
          .topics = {store::orders_topic},
          .tables = {"sold_order"},
          .apply = all_events<store::SoldOrder>(to_order).newest_into(store::put_orders),
          .pace = pace};
}

projection::Definition steps() {
  return {.name = "report.steps",
          .service = "report",
          .topics = {store::orders_topic},
          .tables = {"order_step"},
          .apply = all_events<store::OrderStep>(to_step).every_into(store::add_steps),
          .pace = pace};
}

}  // namespace waybill::report::projections
