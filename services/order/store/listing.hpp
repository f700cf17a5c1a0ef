// Pages of orders.
#pragma once

#include <vector>

#include "libs/pg/pg.hpp"
#include "libs/runtime/queries.hpp"
#include "services/order/domain/order.hpp"
#include "services/order/store/list_sql.hpp"

namespace waybill::order::store {

struct OrderFilter {
  std::optional<Id> user_id;
  std::optional<domain::Status> status;
  std::optional<Instant> created_from;  // inclusive
  std::optional<Instant> created_to;    // exclusive
  std::optional<std::string> reference;
};

struct OrderSort {
  sql::SortKey key = sql::SortKey::created_at;
  bool descending = true;
};

struct OrderPage {
  std::vector<domain::Order> orders;
  bool is_last = true;
};

// At most `limit` (1…100) orders behind the cursor, with their lines: two statements. 400
// bad-cursor.
Result<OrderPage> list_orders(pg::Session& session, const OrderFilter& filter,
                              const OrderSort& sort, const std::optional<runtime::Cursor>& after,
                              std::size_t limit);

std::int64_t count_orders(pg::Session& session, const OrderFilter& filter);

// The cursor behind this order.
runtime::Cursor cursor_after(const domain::Order& order, const OrderSort& sort);

}  // namespace waybill::order::store
