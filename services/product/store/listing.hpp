// Lists of products and movements: one page by keyset, so that rows that come in between move
// nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/pg/pg.hpp"
#include "libs/runtime/queries.hpp"
#include "services/product/domain/product.hpp"
#include "services/product/store/list_sql.hpp"

namespace waybill::product::store {

struct ProductFilter {
  std::optional<std::string> name;  // substring, any case
  std::optional<Minor> min_price;
  std::optional<Minor> max_price;
  std::optional<bool> in_stock;
  std::optional<std::string> sku;
};

struct ProductSort {
  sql::SortKey key = sql::SortKey::created_at;
  bool descending = true;
};

// What a cursor after this product has to carry.
runtime::Cursor cursor_after(const domain::Product& product, const ProductSort& sort);

// Up to `most` products after the cursor. nullopt when the cursor's key is not one of this sort.
std::optional<std::vector<domain::Product>> list_products(
    pg::Session& session, const ProductFilter& filter, const ProductSort& sort,
    const std::optional<runtime::Cursor>& after, std::int64_t most);

std::int64_t count_products(pg::Session& session, const ProductFilter& filter);

// A line of the ledger with its place in it.
struct LedgerLine {
  domain::Movement movement;
  std::int64_t place = 0;
};

// Newest first; `before` is the place of the last line of the page before.
std::vector<LedgerLine> list_movements(pg::Session& session, const Id& product_id,
                                       std::optional<std::int64_t> before, std::int64_t most);
std::int64_t count_movements(pg::Session& session, const Id& product_id);

}  // namespace waybill::product::store
