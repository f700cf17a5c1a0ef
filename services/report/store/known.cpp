#include "services/report/store/known.hpp"

#include "services/report/store/sql.hpp"

namespace waybill::report::store {

void put_orders(pg::Tx& tx, std::span<const SoldOrder> orders) {
  pg::Array ids, versions, users, statuses, dates, currencies, totals, units, lines, partitions,
      positions;
  for (const SoldOrder& order : orders) {
    ids.add(order.id);
    versions.add(order.version);
    users.add(order.user_id);
    statuses.add(order.status);
    dates.add(order.order_date);
    currencies.add(order.currency);
    totals.add(order.total_price);
    units.add(order.units);
    lines.add(order.lines);
    partitions.add(order.partition);
    positions.add(order.position);
  }
  tx.later(sql::upsert_orders, ids, versions, users, statuses, dates, currencies, totals, units,
           lines, partitions, positions);
}

void put_products(pg::Tx& tx, std::span<const KnownProduct> products) {
  pg::Array ids, versions, skus, names, prices, currencies, stocks, deleted;
  for (const KnownProduct& product : products) {
    ids.add(product.id);
    versions.add(product.version);
    skus.add(product.sku);
    names.add(product.name);
    prices.add(product.price);
    currencies.add(product.currency);
    stocks.add(product.stock);
    deleted.add(product.deleted);
  }
  tx.later(sql::upsert_products, ids, versions, skus, names, prices, currencies, stocks, deleted);
}

void put_users(pg::Tx& tx, std::span<const KnownUser> users) {
  pg::Array ids, versions, created, deleted;
  for (const KnownUser& user : users) {
    ids.add(user.id);
    versions.add(user.version);
    created.add(user.created_at);
    deleted.add(user.deleted);
  }
  tx.later(sql::upsert_users, ids, versions, created, deleted);
}

void put_files(pg::Tx& tx, std::span<const KnownFile> files) {
  pg::Array ids, kinds, versions, owners, counts, sizes, created, deleted;
  for (const KnownFile& file : files) {
    ids.add(file.id);
    kinds.add(file.kind);
    versions.add(file.version);
    owners.add(file.owner_id);
    counts.add(file.files);
    sizes.add(file.size);
    created.add(file.created_at);
    deleted.add(file.deleted);
  }
  tx.later(sql::upsert_files, ids, kinds, versions, owners, counts, sizes, created, deleted);
}

void add_steps(pg::Tx& tx, std::span<const OrderStep> steps) {
  pg::Array orders, versions, statuses, at, causes, correlations, partitions, positions, told;
  for (const OrderStep& step : steps) {
    orders.add(step.order_id);
    versions.add(step.version);
    statuses.add(step.status);
    at.add(step.at);
    causes.add(step.cause_id);
    correlations.add(step.correlation_id);
    partitions.add(step.partition);
    positions.add(step.position);
    told.add(step.told_at);
  }
  tx.later(sql::insert_steps, orders, versions, statuses, at, causes, correlations, partitions,
           positions, told);
}

std::vector<ToldPlace> find_places_of(pg::Session& session, const Id& order_id) {
  std::vector<ToldPlace> places;
  for (const pg::Row row : session.exec(sql::find_steps, order_id)) {
    places.push_back({row.integer(0), static_cast<std::int32_t>(row.integer(1)), row.integer(2),
                      row.instant(3)});
  }
  return places;
}

}  // namespace waybill::report::store
