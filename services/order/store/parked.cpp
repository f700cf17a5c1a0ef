#include "services/order/store/parked.hpp"

#include "services/order/store/sql.hpp"

namespace waybill::order::store {
namespace {

std::vector<outbox::Command<v1::PlaceOrder>> read_commands(const pg::Rows& rows, Instant now) {
  std::vector<outbox::Command<v1::PlaceOrder>> commands;
  for (const pg::Row row : rows) {
    outbox::Command<v1::PlaceOrder>& command = commands.emplace_back();
    command.cause = {row.id(0),
                     parse_caller(row.text(2)),
                     {std::string{row.text(3)}, std::string{row.text(4)}},
                     std::string{row.text(5)},
                     row.instant(6)};
    if (!command.body.ParseFromString(row.bytes(1))) throw pg::Error{"a parked order is broken"};
    command.now = now;
  }
  return commands;
}

}  // namespace

void park(pg::Tx& tx, std::span<const Parked> orders, Instant due_at) {
  pg::Array ids, addresses, bodies, callers, correlations, traces, instances, sent;
  for (const Parked& order : orders) {
    const outbox::Cause& cause = order.command->cause;
    ids.add(cause.command_id);
    addresses.add(order.address_id);
    bodies.add(pg::bytes(order.command->body.SerializeAsString()));
    callers.add(to_header(cause.caller));
    correlations.add(cause.trace.correlation_id);
    traces.add(cause.trace.traceparent);
    instances.add(cause.instance);
    sent.add(cause.sent_at);
  }
  tx.later(sql::insert_parked, ids, addresses, bodies, callers, correlations, traces, instances,
           sent, due_at);
}

std::vector<outbox::Command<v1::PlaceOrder>> find_overdue(pg::Session& session, Instant now,
                                                          std::size_t most) {
  return read_commands(session.exec(sql::find_overdue_parked, now, most), now);
}

void postpone(pg::Session& session, std::span<const outbox::Command<v1::PlaceOrder>> orders,
              Instant due_at) {
  pg::Array ids;
  for (const auto& order : orders) ids.add(order.id());
  session.exec(sql::postpone_parked, ids, due_at);
}

std::vector<outbox::Command<v1::PlaceOrder>> take_parked(pg::Tx& tx, std::span<const Id> decided,
                                                         Instant now, std::size_t most) {
  pg::Array ids;
  for (const Id& id : decided) ids.add(id);
  return read_commands(tx.exec(sql::take_parked, ids, most), now);
}

}  // namespace waybill::order::store
