// The statements behind lists of products. Each combination of filters and sort has a statement of
// its own, so that it is planned for itself; all are made of the pieces below, values are
// parameters.
#pragma once

#include "libs/pg/pg.hpp"

namespace waybill::product::sql {

enum class SortKey { created_at, price, name };

// What a list is asked for. Parameters are numbered in this order, leaving out what is absent: name
// pattern, min_price, max_price, sku, then (for pages) sort key and id of the cursor, limit.
struct ListShape {
  bool by_name = false;
  bool from_price = false;
  bool to_price = false;
  bool by_sku = false;
  bool in_stock = false;
  bool sold_out = false;
  bool after_cursor = false;
  SortKey sort = SortKey::created_at;
  bool descending = true;
};

// Valid for ever. Thread-safe.
const pg::Statement& list_products(const ListShape& shape);
// Counts all that match; sort and cursor don't matter.
const pg::Statement& count_products(const ListShape& shape);

// ---- the pieces ----

inline constexpr const char* select_products = R"(
  SELECT id, sku, name, description, price, currency, stock_quantity, version, created_at,
         updated_at, false
    FROM product
   WHERE deleted_at IS NULL)";
inline constexpr const char* select_count = R"(
  SELECT count(*)
    FROM product
   WHERE deleted_at IS NULL)";

inline constexpr const char* filter_name = "lower(name) LIKE lower(${}::text)";
inline constexpr const char* filter_min_price = "price >= ${}::bigint";
inline constexpr const char* filter_max_price = "price <= ${}::bigint";
inline constexpr const char* filter_sku = "sku = ${}::text";
inline constexpr const char* filter_in_stock = "stock_quantity > 0";
inline constexpr const char* filter_sold_out = "stock_quantity = 0";

inline constexpr const char* after_created_at = "(created_at, id) {} (${}::timestamptz, ${}::uuid)";
inline constexpr const char* after_price = "(price, id) {} (${}::bigint, ${}::uuid)";
inline constexpr const char* after_name = "(lower(name), id) {} (lower(${}::text), ${}::uuid)";

inline constexpr const char* key_created_at = "created_at";
inline constexpr const char* key_price = "price";
inline constexpr const char* key_name = "lower(name)";

}  // namespace waybill::product::sql
