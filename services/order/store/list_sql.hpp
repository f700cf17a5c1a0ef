// The statements behind lists of orders. Each combination of filters and sort has a statement of
// its own, so that it is planned for itself and walks its own index; all are made of the pieces
// below.
#pragma once

#include <cstddef>

#include "libs/pg/pg.hpp"

namespace waybill::order::sql {

enum class SortKey { created_at, order_date, total_price };

// What a list is asked for. Parameters are numbered in this order, leaving out what is absent:
// user, status, created_from, created_to, reference, then (for pages) sort key and id of the
// cursor.
struct ListShape {
  bool by_user = false;
  bool by_status = false;
  bool from = false;
  bool to = false;
  bool by_reference = false;
  bool after_cursor = false;
  SortKey sort = SortKey::created_at;
  bool descending = true;
  bool long_page = false;  // see most_rows
};

// How many rows a page statement gives. A literal, because the planner takes a limit that it does
// not know for a tenth of the table, and sorts all of it.
std::size_t most_rows(const ListShape& shape);

// Valid for ever. Thread-safe.
const pg::Statement& list_orders(const ListShape& shape);
// Counts all that match; sort and cursor don't matter.
const pg::Statement& count_orders(const ListShape& shape);

// ---- the pieces ----

inline constexpr const char* select_orders = R"(
  SELECT id, user_id, delivery_address_id, street, city, state, zip_code, country, reference,
         status, total_price, currency, order_date, reason_code, reason_text, reason_items,
         expires_at, version, created_at, updated_at
    FROM orders)";
inline constexpr const char* select_count = "\n  SELECT count(*)\n    FROM orders";

inline constexpr const char* filter_user = "user_id = ${}::uuid";
inline constexpr const char* filter_status = "status = ${}::text";
inline constexpr const char* filter_from = "created_at >= ${}::timestamptz";
inline constexpr const char* filter_to = "created_at < ${}::timestamptz";
inline constexpr const char* filter_reference = "reference = ${}::text";

// What is sorted by. Orders without a price stand below all others; the index orders_by_total is on
// that expression.
const char* expression(SortKey key);

}  // namespace waybill::order::sql
