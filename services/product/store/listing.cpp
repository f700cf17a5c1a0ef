#include "services/product/store/listing.hpp"

#include <charconv>
#include <limits>

#include "services/product/store/products.hpp"
#include "services/product/store/sql.hpp"

namespace waybill::product::store {
namespace {

// A LIKE pattern for a substring in which nothing is special.
std::string substring_pattern(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + '%';
}

sql::ListShape shape_of(const ProductFilter& filter) {
  sql::ListShape shape;
  shape.by_name = filter.name.has_value();
  shape.from_price = filter.min_price.has_value();
  shape.to_price = filter.max_price.has_value();
  shape.by_sku = filter.sku.has_value();
  shape.in_stock = filter.in_stock == true;
  shape.sold_out = filter.in_stock == false;
  return shape;
}

std::vector<pg::Param> params_of(const ProductFilter& filter) {
  std::vector<pg::Param> params;
  if (filter.name) params.emplace_back(substring_pattern(*filter.name));
  if (filter.min_price) params.emplace_back(*filter.min_price);
  if (filter.max_price) params.emplace_back(*filter.max_price);
  if (filter.sku) params.emplace_back(*filter.sku);
  return params;
}

std::optional<std::int64_t> read_integer(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The cursor's key as the parameter that the sort wants.
std::optional<pg::Param> read_key(const runtime::Cursor& cursor, sql::SortKey sort) {
  if (sort == sql::SortKey::name) return pg::Param{cursor.sort_key};
  const auto number = read_integer(cursor.sort_key);
  if (!number) return std::nullopt;
  if (sort == sql::SortKey::price) return pg::Param{*number};
  return pg::Param{from_unix_micros(*number)};
}

}  // namespace

runtime::Cursor cursor_after(const domain::Product& product, const ProductSort& sort) {
  switch (sort.key) {
    case sql::SortKey::price:
      return {std::to_string(product.price), product.id};
    case sql::SortKey::name:
      return {product.name, product.id};
    case sql::SortKey::created_at:
      break;
  }
  return {std::to_string(to_unix_micros(product.created_at)), product.id};
}

std::optional<std::vector<domain::Product>> list_products(
    pg::Session& session, const ProductFilter& filter, const ProductSort& sort,
    const std::optional<runtime::Cursor>& after, std::int64_t most) {
  sql::ListShape shape = shape_of(filter);
  shape.sort = sort.key;
  shape.descending = sort.descending;
  shape.after_cursor = after.has_value();
  std::vector<pg::Param> params = params_of(filter);
  if (after) {
    const auto key = read_key(*after, sort.key);
    if (!key) return std::nullopt;
    params.push_back(*key);
    params.emplace_back(after->id);
  }
  params.emplace_back(most);
  const pg::Rows rows = session.run(sql::list_products(shape), params);
  std::vector<domain::Product> products;
  for (const pg::Row row : rows) products.push_back(read_product(row));
  return products;
}

std::int64_t count_products(pg::Session& session, const ProductFilter& filter) {
  const pg::Rows rows = session.run(sql::count_products(shape_of(filter)), params_of(filter));
  return rows[0].integer(0);
}

std::vector<LedgerLine> list_movements(pg::Session& session, const Id& product_id,
                                       std::optional<std::int64_t> before, std::int64_t most) {
  constexpr std::int64_t kFromTheEnd = std::numeric_limits<std::int64_t>::max();
  const pg::Rows rows =
      session.exec(sql::list_movements, product_id, before.value_or(kFromTheEnd), most);
  std::vector<LedgerLine> lines;
  for (const pg::Row row : rows) lines.push_back({read_movement(row), row.integer(8)});
  return lines;
}

std::int64_t count_movements(pg::Session& session, const Id& product_id) {
  const pg::Rows rows = session.exec(sql::count_movements, product_id);
  return rows[0].integer(0);
}

}  // namespace waybill::product::store
