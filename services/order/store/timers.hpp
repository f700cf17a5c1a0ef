// When unpaid orders are due. Rows, so that they survive restarts and fire once with any number of
// workers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "libs/pg/pg.hpp"
#include "services/order/domain/order.hpp"

namespace waybill::order::store {

// One timer per order, due at its expires_at.
void set_timers(pg::Tx& tx, std::span<const domain::Order* const> orders);
void remove_timers(pg::Tx& tx, std::span<const Id> order_ids);

// At most `most` orders whose time is over, locked until the transaction ends. Those that another
// transaction is at are left out.
std::vector<Id> lock_unpaid_due(pg::Tx& tx, Instant now, std::size_t most);

// Orders without a decision yet.
struct Undecided {
  std::int64_t orders = 0;
  std::optional<Instant> oldest;  // when it was placed
};
Undecided count_undecided(pg::Connection& connection);

}  // namespace waybill::order::store
