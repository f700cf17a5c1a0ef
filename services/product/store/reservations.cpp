#include "services/product/store/reservations.hpp"

#include "services/product/store/products.hpp"
#include "services/product/store/sql.hpp"

namespace waybill::product::store {

std::unordered_set<Id> claim_decisions(pg::Tx& tx, const std::vector<Id>& order_ids, Instant at) {
  std::unordered_set<Id> claimed;
  const pg::Rows rows = tx.exec(sql::claim_decisions, to_array(order_ids), at);
  for (const pg::Row row : rows) claimed.insert(row.id(0));
  return claimed;
}

std::vector<Id> claim_releases(pg::Tx& tx, const std::vector<Id>& order_ids, Instant at) {
  std::vector<Id> claimed;
  const pg::Rows rows = tx.exec(sql::claim_releases, to_array(order_ids), at);
  for (const pg::Row row : rows) claimed.push_back(row.id(0));
  return claimed;
}

std::unordered_map<Id, std::vector<domain::Line>> find_reserved(pg::Tx& tx,
                                                                const std::vector<Id>& order_ids) {
  std::unordered_map<Id, std::vector<domain::Line>> held;
  if (order_ids.empty()) return held;
  const pg::Rows rows = tx.exec(sql::find_reserved, to_array(order_ids));
  for (const pg::Row row : rows) held[row.id(0)].push_back({row.id(1), row.integer(2)});
  return held;
}

}  // namespace waybill::product::store
