// Moves that people make: paying, shipping, cancelling.
#include "services/order/commands/commands.hpp"
#include "services/order/commands/open_orders.hpp"
#include "services/order/domain/changes.hpp"
#include "services/order/events/order_events.hpp"

namespace waybill::order::commands {
namespace {

// What both commands come down to.
struct Wish {
  const outbox::Cause& cause;
  Instant now;
  std::optional<Id> order_id;
  std::optional<domain::Status> status;
  std::optional<std::string> text;
  std::optional<std::int64_t> expected_version;
};

template <class Message>
Wish read_wish(const outbox::Command<Message>& command, std::optional<domain::Status> status) {
  const Message& body = command.body;
  Wish wish{command.cause, command.now, Id::parse(body.order_id()), status, {}, {}};
  if (body.has_reason()) wish.text = body.reason();
  if (body.has_expected_version()) wish.expected_version = body.expected_version();
  return wish;
}

Fault unknown_status() {
  boost::json::array errors{boost::json::object{
      {"pointer", "/status"}, {"message", "is no status; GET /v1/orders/states lists them"}}};
  return invalid("Validation failed for the order's status.", {{"errors", std::move(errors)}});
}

domain::Reason cancel_reason(const Wish& wish, const domain::Order& order) {
  const bool own = wish.cause.caller.user == order.user_id;
  return {own ? "by-customer" : "by-staff", wish.text, {}};
}

// `order` is what stands there now, or null.
Result<domain::Order> grant(const Wish& wish, const domain::Order* order) {
  const Caller& caller = wish.cause.caller;
  if (!wish.status) return unknown_status();
  if (!order || !caller.may_act_for(order->user_id)) return not_found("There is no such order.");
  if (!caller.is_staff() && *wish.status != domain::Status::canceled) {
    return forbidden("Customers may only cancel their orders.");
  }
  if (wish.expected_version && *wish.expected_version != order->version) return stale();
  const domain::Actor actor = caller.is_staff() ? domain::Actor::staff : domain::Actor::owner;
  return domain::move(*order, *wish.status, actor, cancel_reason(wish, *order), wish.now);
}

outbox::Outcome fulfil(OpenOrders& orders, const Wish& wish) {
  auto moved = grant(wish, wish.order_id ? orders.find(*wish.order_id) : nullptr);
  if (!moved) return outbox::Outcome::refused(moved.error());
  auto outcome = outbox::Outcome::ok(events::representation(*moved), moved->version);
  orders.put(std::move(*moved), {wish.cause, store::Source::gateway, wish.text, wish.now});
  return outcome;
}

std::vector<outbox::Outcome> fulfil_all(pg::Tx& tx, const std::vector<Wish>& wishes,
                                        outbox::Writer& out) {
  std::vector<Id> ids;
  for (const Wish& wish : wishes) {
    if (wish.order_id) ids.push_back(*wish.order_id);
  }
  OpenOrders orders{tx, out, ids};
  std::vector<outbox::Outcome> outcomes;
  outcomes.reserve(wishes.size());
  for (const Wish& wish : wishes) outcomes.push_back(fulfil(orders, wish));
  orders.write();
  return outcomes;
}

}  // namespace

std::vector<outbox::Outcome> change_order_status(pg::Tx& tx, Batch<v1::ChangeOrderStatus> batch,
                                                 outbox::Writer& out) {
  std::vector<Wish> wishes;
  wishes.reserve(batch.size());
  for (const auto& command : batch) {
    wishes.push_back(read_wish(command, domain::parse_status(command.body.status())));
  }
  return fulfil_all(tx, wishes, out);
}

std::vector<outbox::Outcome> cancel_orders(pg::Tx& tx, Batch<v1::CancelOrder> batch,
                                           outbox::Writer& out) {
  std::vector<Wish> wishes;
  wishes.reserve(batch.size());
  for (const auto& command : batch) {
    wishes.push_back(read_wish(command, domain::Status::canceled));
  }
  return fulfil_all(tx, wishes, out);
}

}  // namespace waybill::order::commands
