#include "services/order/store/orders.hpp"

#include <boost/json.hpp>

#include "services/order/store/reason_items.hpp"
#include "services/order/store/sql.hpp"

namespace waybill::order::store {
namespace {

pg::Param write_reason_items(const domain::Reason& reason) {
  if (reason.items.empty()) return std::nullopt;
  return boost::json::serialize(to_json(reason.items));
}

std::optional<domain::Reason> read_reason(const pg::Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  domain::Reason reason{std::string{row.text(column)}, row.maybe_text(column + 1), {}};
  if (!row.is_null(column + 2)) {
    reason.items = read_reason_items(boost::json::parse(row.text(column + 2)));
  }
  return reason;
}

// A row of sql::find_lines_by_orders.
domain::Item read_line(const pg::Row& row) {
  return {row.id(1),
          row.id(2),
          row.integer(3),
          row.maybe_text(4),
          std::string{row.text(5)},
          row.maybe_integer(6),
          row.maybe_integer(7)};
}

Orders read_orders(const pg::Rows& rows) {
  Orders orders;
  for (const pg::Row row : rows) {
    domain::Order order = read_order(row);
    orders.emplace(order.id, std::move(order));
  }
  return orders;
}

Orders with_lines(pg::Tx& tx, Orders orders) {
  if (orders.empty()) return orders;
  std::vector<Id> ids;
  ids.reserve(orders.size());
  for (const auto& [id, order] : orders) ids.push_back(id);
  for (const pg::Row row : tx.exec(sql::find_lines_by_orders, to_array(ids))) {
    orders.at(row.id(0)).items.push_back(read_line(row));
  }
  return orders;
}

}  // namespace

pg::Array to_array(std::span<const Id> ids) {
  pg::Array array;
  array.reserve(ids.size());
  for (const Id& id : ids) array.add(id);
  return array;
}

domain::Order read_order(const pg::Row& row) {
  domain::Order order;
  order.id = row.id(0);
  order.user_id = row.id(1);
  order.delivery_address_id = row.id(2);
  order.delivery_address = {std::string{row.text(3)}, std::string{row.text(4)},
                            std::string{row.text(5)}, std::string{row.text(6)},
                            std::string{row.text(7)}};
  order.reference = row.maybe_text(8);
  order.status = domain::parse_status(row.text(9)).value_or(domain::Status::pending);
  order.total_price = row.maybe_integer(10);
  order.currency = row.maybe_text(11);
  order.order_date = row.instant(12);
  order.reason = read_reason(row, 13);
  order.expires_at = row.maybe_instant(16);
  order.version = row.integer(17);
  order.created_at = row.instant(18);
  order.updated_at = row.maybe_instant(19);
  return order;
}

Orders lock_orders(pg::Tx& tx, std::span<const Id> ids) {
  return with_lines(tx, read_orders(tx.exec(sql::lock_orders_by_ids, to_array(ids))));
}

Orders find_orders(pg::Tx& tx, std::span<const Id> ids) {
  return with_lines(tx, read_orders(tx.exec(sql::find_orders_by_ids, to_array(ids))));
}

std::optional<domain::Order> find_order(pg::Session& session, const Id& id) {
  const pg::Rows rows = session.exec(sql::find_orders_by_ids, to_array({&id, 1}));
  if (rows.empty()) return std::nullopt;
  domain::Order order = read_order(rows[0]);
  load_lines(session, {&order, 1});
  return order;
}

void load_lines(pg::Session& session, std::span<domain::Order> orders) {
  if (orders.empty()) return;
  std::vector<Id> ids;
  ids.reserve(orders.size());
  std::unordered_map<Id, domain::Order*> by_id;
  for (domain::Order& order : orders) {
    ids.push_back(order.id);
    by_id.emplace(order.id, &order);
  }
  for (const pg::Row row : session.exec(sql::find_lines_by_orders, to_array(ids))) {
    by_id.at(row.id(0))->items.push_back(read_line(row));
  }
}

std::unordered_set<Id> insert_orders(pg::Tx& tx, std::span<const domain::Order> orders) {
  std::array<pg::Array, 11> columns;
  for (const domain::Order& order : orders) {
    const domain::Address& address = order.delivery_address;
    columns[0].add(order.id);
    columns[1].add(order.user_id);
    columns[2].add(order.delivery_address_id);
    columns[3].add(address.street);
    columns[4].add(address.city);
    columns[5].add(address.state);
    columns[6].add(address.zip_code);
    columns[7].add(address.country);
    columns[8].add(order.reference);
    columns[9].add(order.order_date);
    columns[10].add(order.created_at);
  }
  std::unordered_set<Id> fresh;
  const std::vector<pg::Param> params(columns.begin(), columns.end());
  for (const pg::Row row : tx.run(sql::insert_orders, params)) fresh.insert(row.id(0));
  return fresh;
}

void insert_lines(pg::Tx& tx, std::span<const domain::Order* const> orders) {
  pg::Array order_ids, product_ids, ids, positions, quantities;
  for (const domain::Order* order : orders) {
    int position = 0;
    for (const domain::Item& item : order->items) {
      order_ids.add(order->id);
      product_ids.add(item.product_id);
      ids.add(item.id);
      positions.add(++position);
      quantities.add(item.quantity);
    }
  }
  tx.later(sql::insert_lines, order_ids, product_ids, ids, positions, quantities);
}

void update_orders(pg::Tx& tx, std::span<const domain::Order* const> orders) {
  pg::Array ids, statuses, totals, currencies, codes, texts, items, expiries, versions, updates;
  for (const domain::Order* order : orders) {
    const std::optional<domain::Reason>& reason = order->reason;
    ids.add(order->id);
    statuses.add(domain::to_string(order->status));
    totals.add(order->total_price);
    currencies.add(order->currency);
    codes.add(reason ? pg::Param{reason->code} : std::nullopt);
    texts.add(reason ? pg::Param{reason->text} : std::nullopt);
    items.add(reason ? write_reason_items(*reason) : std::nullopt);
    expiries.add(order->expires_at);
    versions.add(order->version);
    updates.add(order->updated_at);
  }
  tx.later(sql::update_orders, ids, statuses, totals, currencies, codes, texts, items, expiries,
           versions, updates);
}

void price_lines(pg::Tx& tx, std::span<const domain::Order* const> orders) {
  pg::Array order_ids, product_ids, skus, names, prices, totals;
  for (const domain::Order* order : orders) {
    for (const domain::Item& item : order->items) {
      order_ids.add(order->id);
      product_ids.add(item.product_id);
      skus.add(item.sku);
      names.add(item.name);
      prices.add(item.price);
      totals.add(item.total);
    }
  }
  tx.later(sql::price_lines, order_ids, product_ids, skus, names, prices, totals);
}

}  // namespace waybill::order::store
