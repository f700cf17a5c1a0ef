#include "services/order/store/listing.hpp"

#include <charconv>

#include "services/order/store/orders.hpp"

namespace waybill::order::store {
namespace {

sql::ListShape shape_of(const OrderFilter& filter, const OrderSort& sort) {
  sql::ListShape shape;
  shape.by_user = filter.user_id.has_value();
  shape.by_status = filter.status.has_value();
  shape.from = filter.created_from.has_value();
  shape.to = filter.created_to.has_value();
  shape.by_reference = filter.reference.has_value();
  shape.sort = sort.key;
  shape.descending = sort.descending;
  return shape;
}

// In the order in which sql::ListShape numbers them.
std::vector<pg::Param> params_of(const OrderFilter& filter) {
  std::vector<pg::Param> params;
  if (filter.user_id) params.emplace_back(*filter.user_id);
  if (filter.status) params.emplace_back(domain::to_string(*filter.status));
  if (filter.created_from) params.emplace_back(*filter.created_from);
  if (filter.created_to) params.emplace_back(*filter.created_to);
  if (filter.reference) params.emplace_back(*filter.reference);
  return params;
}

Fault bad_cursor() {
  return {FaultKind::invalid, "bad-cursor", "This cursor belongs to another list.", {}};
}

// Keys travel as whole numbers: microseconds, or minor units.
std::int64_t sort_key(const domain::Order& order, sql::SortKey key) {
  switch (key) {
    case sql::SortKey::created_at:
      return to_unix_micros(order.created_at);
    case sql::SortKey::order_date:
      return to_unix_micros(order.order_date);
    case sql::SortKey::total_price:
      return order.total_price.value_or(-1);
  }
  return 0;
}

Result<pg::Param> read_key(const std::string& text, sql::SortKey key) {
  std::int64_t number = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc{} || end != last) return bad_cursor();
  if (key == sql::SortKey::total_price) return pg::Param{number};
  return pg::Param{from_unix_micros(number)};
}

}  // namespace

Result<OrderPage> list_orders(pg::Session& session, const OrderFilter& filter,
                              const OrderSort& sort, const std::optional<runtime::Cursor>& after,
                              std::size_t limit) {
  sql::ListShape shape = shape_of(filter, sort);
  std::vector<pg::Param> params = params_of(filter);
  if (after) {
    const auto key = read_key(after->sort_key, sort.key);
    if (!key) return key.error();
    shape.after_cursor = true;
    params.push_back(*key);
    params.emplace_back(after->id);
  }
  shape.long_page = limit >= sql::most_rows(shape);
  OrderPage page;
  for (const pg::Row row : session.run(sql::list_orders(shape), params)) {
    if (page.orders.size() == limit) {
      page.is_last = false;
      break;
    }
    page.orders.push_back(read_order(row));
  }
  load_lines(session, page.orders);
  return page;
}

std::int64_t count_orders(pg::Session& session, const OrderFilter& filter) {
  const pg::Rows rows = session.run(sql::count_orders(shape_of(filter, {})), params_of(filter));
  return rows[0].integer(0);
}

runtime::Cursor cursor_after(const domain::Order& order, const OrderSort& sort) {
  return {std::to_string(sort_key(order, sort.key)), order.id};
}

}  // namespace waybill::order::store
