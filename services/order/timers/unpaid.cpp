#include "services/order/timers/unpaid.hpp"

#include "libs/log/log.hpp"
#include "services/order/commands/open_orders.hpp"
#include "services/order/domain/changes.hpp"
#include "services/order/store/timers.hpp"

namespace waybill::order::timers {
namespace {

// The timer as the one that causes a change.
outbox::Cause timer_cause(const Id& order_id, Instant due) {
  outbox::Cause cause;
  cause.command_id = derive_id(order_id, "unpaid");
  cause.trace.correlation_id = new_correlation_id();
  cause.trace.traceparent = child_traceparent({});
  cause.instance = "/timers/unpaid";
  cause.sent_at = due;
  return cause;
}

}  // namespace

std::size_t expire_unpaid(pg::Tx& tx, outbox::Writer& out, Instant now, std::size_t most) {
  const std::vector<Id> due = store::lock_unpaid_due(tx, now, most);
  if (due.empty()) return 0;
  commands::OpenOrders orders{tx, out, due};
  std::size_t expired = 0;
  for (const Id& id : due) {
    const domain::Order& order = *orders.find(id);
    auto canceled = domain::move(order, domain::Status::canceled, domain::Actor::timer,
                                 domain::Reason{"unpaid", std::nullopt, {}}, now);
    if (!canceled) continue;  // moved on between the look at the timers and the lock
    const outbox::Cause cause = timer_cause(id, order.expires_at.value_or(now));
    orders.put(std::move(*canceled), {cause, store::Source::timer, std::nullopt, now});
    ++expired;
  }
  orders.write();
  log::info("order.unpaid_expired", {{"orders", expired}});
  return due.size();
}

}  // namespace waybill::order::timers
