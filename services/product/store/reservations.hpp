// Which orders were decided and released: each once, for ever.
#pragma once

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "libs/pg/pg.hpp"
#include "services/product/domain/reservation.hpp"

namespace waybill::product::store {

// Claims the decision on these orders; gives those that are neither decided nor released yet. Waits
// for another transaction that is at the same order. Ids must not repeat.
std::unordered_set<Id> claim_decisions(pg::Tx& tx, const std::vector<Id>& order_ids, Instant at);

// Claims the release of these orders, also of those that never came to be decided; gives those that
// were not released before. Ids must not repeat.
std::vector<Id> claim_releases(pg::Tx& tx, const std::vector<Id>& order_ids, Instant at);

// What each order holds.
std::unordered_map<Id, std::vector<domain::Line>> find_reserved(pg::Tx& tx,
                                                                const std::vector<Id>& order_ids);

}  // namespace waybill::product::store
