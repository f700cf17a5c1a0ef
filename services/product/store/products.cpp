#include "services/product/store/products.hpp"

#include <algorithm>

#include "libs/core/planted.hpp"
#include "services/product/store/sql.hpp"

namespace waybill::product::store {
namespace {

domain::MovementKind read_kind(std::string_view text) {
  for (const auto kind : {domain::MovementKind::initial, domain::MovementKind::reservation,
                          domain::MovementKind::release}) {
    if (text == domain::to_string(kind)) return kind;
  }
  return domain::MovementKind::adjustment;
}

}  // namespace

domain::Product read_product(const pg::Row& row) {
  return {.id = row.id(0),
          .sku = row.maybe_text(1),
          .name = std::string{row.text(2)},
          .description = row.maybe_text(3),
          .price = row.integer(4),
          .currency = std::string{row.text(5)},
          .stock_quantity = row.integer(6),
          .version = row.integer(7),
          .created_at = row.instant(8),
          .updated_at = row.maybe_instant(9),
          .deleted = row.boolean(10)};
}

domain::Movement read_movement(const pg::Row& row) {
  return {.id = row.id(0),
          .product_id = row.id(1),
          .kind = read_kind(row.text(2)),
          .quantity = row.integer(3),
          .balance = row.integer(4),
          .order_id = row.maybe_id(5),
          .reason = row.maybe_text(6),
          .at = row.instant(7)};
}

pg::Array to_array(std::span<const Id> ids) {
  pg::Array array;
  array.reserve(ids.size());
  for (const Id& id : ids) array.add(id);
  return array;
}

domain::Products lock_products(pg::Tx& tx, std::vector<Id> ids) {
  domain::Products products;
  if (ids.empty()) return products;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  const pg::Rows rows = tx.exec(
      planted(Bug::stock_without_lock) ? sql::read_products_by_ids : sql::lock_products_by_ids,
      to_array(ids));
  for (const pg::Row row : rows) products.emplace(row.id(0), read_product(row));
  return products;
}

std::optional<domain::Product> find_product(pg::Session& session, const Id& id) {
  const pg::Rows rows = session.exec(sql::find_product_by_id, id);
  if (rows.empty()) return std::nullopt;
  return read_product(rows[0]);
}

std::unordered_map<std::string, Id> lock_skus(pg::Tx& tx, const std::vector<std::string>& skus) {
  std::unordered_map<std::string, Id> taken;
  if (skus.empty()) return taken;
  pg::Array wanted;
  for (const std::string& sku : skus) wanted.add(sku);
  tx.later(sql::lock_skus, wanted);
  const pg::Rows rows = tx.exec(sql::find_taken_skus, wanted);
  for (const pg::Row row : rows) taken.emplace(row.text(0), row.id(1));
  return taken;
}

void insert_products(pg::Tx& tx, std::span<const domain::Product> products) {
  if (products.empty()) return;
  pg::Array ids, skus, names, descriptions, prices, currencies, stocks, times;
  for (const domain::Product& product : products) {
    ids.add(product.id);
    skus.add(product.sku);
    names.add(product.name);
    descriptions.add(product.description);
    prices.add(product.price);
    currencies.add(product.currency);
    stocks.add(product.stock_quantity);
    times.add(product.created_at);
  }
  tx.later(sql::insert_products, ids, skus, names, descriptions, prices, currencies, stocks, times);
}

void update_products(pg::Tx& tx, std::span<const domain::Product> products) {
  if (products.empty()) return;
  pg::Array ids, skus, names, descriptions, prices, currencies, stocks, versions, times;
  for (const domain::Product& product : products) {
    ids.add(product.id);
    skus.add(product.sku);
    names.add(product.name);
    descriptions.add(product.description);
    prices.add(product.price);
    currencies.add(product.currency);
    stocks.add(product.stock_quantity);
    versions.add(product.version);
    times.add(product.updated_at);
  }
  tx.later(sql::update_products, ids, skus, names, descriptions, prices, currencies, stocks,
           versions, times);
}

void update_stock(pg::Tx& tx, std::span<const domain::Product> products) {
  if (products.empty()) return;
  pg::Array ids, stocks, versions, times;
  for (const domain::Product& product : products) {
    ids.add(product.id);
    stocks.add(product.stock_quantity);
    versions.add(product.version);
    times.add(product.updated_at);
  }
  tx.later(sql::update_stock, ids, stocks, versions, times);
}

void delete_products(pg::Tx& tx, std::span<const domain::Product> products) {
  if (products.empty()) return;
  pg::Array ids, versions, times;
  for (const domain::Product& product : products) {
    ids.add(product.id);
    versions.add(product.version);
    times.add(product.updated_at);
  }
  tx.later(sql::delete_products, ids, versions, times);
}

void clear_skus(pg::Tx& tx, const std::vector<Id>& ids) {
  if (!ids.empty()) tx.later(sql::clear_skus, to_array(ids));
}

void insert_movements(pg::Tx& tx, std::span<const domain::Movement> movements) {
  if (movements.empty()) return;
  pg::Array ids, products, kinds, quantities, balances, orders, reasons, times;
  for (const domain::Movement& movement : movements) {
    ids.add(movement.id);
    products.add(movement.product_id);
    kinds.add(domain::to_string(movement.kind));
    quantities.add(movement.quantity);
    balances.add(movement.balance);
    orders.add(movement.order_id);
    reasons.add(movement.reason);
    times.add(movement.at);
  }
  tx.later(sql::insert_movements, ids, products, kinds, quantities, balances, orders, reasons,
           times);
}

std::unordered_map<Id, domain::Movement> find_movements(pg::Tx& tx, const std::vector<Id>& ids) {
  std::unordered_map<Id, domain::Movement> movements;
  const pg::Rows rows = tx.exec(sql::find_movements_by_ids, to_array(ids));
  for (const pg::Row row : rows) movements.emplace(row.id(0), read_movement(row));
  return movements;
}

}  // namespace waybill::product::store
