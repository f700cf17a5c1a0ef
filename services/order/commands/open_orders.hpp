// The orders that a batch works on: locked and loaded together, changed in memory one command after
// the other, written together.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "libs/outbox/writer.hpp"
#include "libs/pg/pg.hpp"
#include "services/order/domain/order.hpp"
#include "services/order/store/history.hpp"
#include "services/order/store/orders.hpp"

namespace waybill::order::commands {

// Why an order changes.
struct Step {
  const outbox::Cause& cause;
  store::Source source = store::Source::gateway;
  std::optional<std::string> note;  // for the timeline
  Instant at;
};

class OpenOrders {
 public:
  OpenOrders(pg::Tx& tx, outbox::Writer& out, std::span<const Id> ids);

  // As it stands after the commands before; nullptr when there is no such order. Valid until the
  // next put().
  const domain::Order* find(const Id& id) const;

  // The order has become `changed`: tells it, and has its stock released where it held some.
  void put(domain::Order changed, const Step& step);

  // Writes what was put. Nothing else may follow.
  void write();

 private:
  std::vector<const domain::Order*> changed_orders() const;
  void write_timers(std::span<const domain::Order* const> changed);
  void write_prices(std::span<const domain::Order* const> changed);

  pg::Tx& tx_;
  outbox::Writer& out_;
  store::Orders orders_;
  std::unordered_map<Id, domain::Status> before_;  // of those that were put, as they were loaded
  std::vector<store::HistoryEntry> history_;
};

// Asks the product service to book back what it holds for an order, once however often it is asked.
void release_stock(outbox::Writer& out, const Id& order_id, const outbox::Cause& cause);

}  // namespace waybill::order::commands
