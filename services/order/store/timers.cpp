#include "services/order/store/timers.hpp"

#include "services/order/store/orders.hpp"
#include "services/order/store/sql.hpp"

namespace waybill::order::store {

void set_timers(pg::Tx& tx, std::span<const domain::Order* const> orders) {
  pg::Array subjects, due;
  for (const domain::Order* order : orders) {
    subjects.add(order->id);
    due.add(order->expires_at);
  }
  tx.later(sql::upsert_timers, subjects, due);
}

void remove_timers(pg::Tx& tx, std::span<const Id> order_ids) {
  tx.later(sql::delete_timers, to_array(order_ids));
}

std::vector<Id> lock_unpaid_due(pg::Tx& tx, Instant now, std::size_t most) {
  std::vector<Id> ids;
  for (const pg::Row row : tx.exec(sql::lock_unpaid_due, now, most)) ids.push_back(row.id(0));
  return ids;
}

Undecided count_undecided(pg::Connection& connection) {
  pg::Session session{connection};
  const pg::Rows rows = session.exec(sql::count_undecided);
  const pg::Row row = rows[0];
  return {row.integer(0), row.maybe_instant(1)};
}

}  // namespace waybill::order::store
