#include "services/order/commands/open_orders.hpp"

#include "libs/metrics/metrics.hpp"
#include "services/order/domain/changes.hpp"
#include "services/order/events/order_events.hpp"
#include "services/order/store/timers.hpp"
#include "waybill/product/v1/commands.pb.h"

namespace waybill::order::commands {
namespace {

void count(domain::Status status) {
  static const auto counters = [] {
    std::map<domain::Status, metrics::Counter*> all;
    for (const domain::Status each : domain::all_statuses) {
      all[each] = &metrics::counter("orders_changed_total", "Orders by the status they came to.",
                                    {{"status", std::string{domain::to_string(each)}}});
    }
    return all;
  }();
  counters.at(status)->add();
}

}  // namespace

void release_stock(outbox::Writer& out, const Id& order_id, const outbox::Cause& cause) {
  product::v1::ReleaseStock command;
  command.set_order_id(order_id.to_string());
  out.command("product", derive_id(order_id, "release"), command, cause);
}

OpenOrders::OpenOrders(pg::Tx& tx, outbox::Writer& out, std::span<const Id> ids)
    : tx_{tx}, out_{out}, orders_{store::lock_orders(tx, ids)} {}

const domain::Order* OpenOrders::find(const Id& id) const {
  const auto found = orders_.find(id);
  return found == orders_.end() ? nullptr : &found->second;
}

void OpenOrders::put(domain::Order changed, const Step& step) {
  domain::Order& order = orders_.at(changed.id);
  const domain::Status was = order.status;
  before_.try_emplace(order.id, was);
  order = std::move(changed);
  history_.push_back({order.id, order.version, order.status, step.source, step.note,
                      step.cause.command_id, step.cause.sent_at, step.at, step.cause.failures,
                      step.cause.dead_visits});
  events::tell(out_, order, step.cause);
  if (domain::releases_stock(was, order.status)) release_stock(out_, order.id, step.cause);
  count(order.status);
}

void OpenOrders::write() {
  const std::vector<const domain::Order*> changed = changed_orders();
  if (changed.empty()) return;
  store::update_orders(tx_, changed);
  write_prices(changed);
  write_timers(changed);
  store::insert_history(tx_, history_);
}

std::vector<const domain::Order*> OpenOrders::changed_orders() const {
  std::vector<const domain::Order*> changed;
  changed.reserve(before_.size());
  for (const auto& [id, status] : before_) changed.push_back(&orders_.at(id));
  return changed;
}

void OpenOrders::write_prices(std::span<const domain::Order* const> changed) {
  std::vector<const domain::Order*> priced;
  for (const domain::Order* order : changed) {
    if (before_.at(order->id) == domain::Status::pending && order->total_price) {
      priced.push_back(order);
    }
  }
  if (!priced.empty()) store::price_lines(tx_, priced);
}

void OpenOrders::write_timers(std::span<const domain::Order* const> changed) {
  std::vector<const domain::Order*> waiting;
  std::vector<Id> done;
  for (const domain::Order* order : changed) {
    if (order->expires_at) {
      waiting.push_back(order);
    } else if (before_.at(order->id) == domain::Status::confirmed) {
      done.push_back(order->id);
    }
  }
  if (!waiting.empty()) store::set_timers(tx_, waiting);
  if (!done.empty()) store::remove_timers(tx_, done);
}

}  // namespace waybill::order::commands
