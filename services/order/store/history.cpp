#include "services/order/store/history.hpp"

#include "services/order/store/sql.hpp"

namespace waybill::order::store {
namespace {

Source parse_source(std::string_view text) {
  if (text == "product") return Source::product;
  if (text == "timer") return Source::timer;
  return Source::gateway;
}

}  // namespace

std::string_view to_string(Source source) {
  switch (source) {
    case Source::gateway:
      return "gateway";
    case Source::product:
      return "product";
    case Source::timer:
      return "timer";
  }
  return "gateway";
}

void insert_history(pg::Tx& tx, std::span<const HistoryEntry> entries) {
  pg::Array orders, versions, statuses, sources, notes, causes, sent, at, failures, visits;
  for (const HistoryEntry& entry : entries) {
    orders.add(entry.order_id);
    versions.add(entry.version);
    statuses.add(domain::to_string(entry.status));
    sources.add(to_string(entry.source));
    notes.add(entry.note);
    causes.add(entry.cause_id);
    sent.add(entry.sent_at);
    at.add(entry.at);
    failures.add(entry.failures);
    visits.add(entry.dead_visits);
  }
  tx.later(sql::insert_history, orders, versions, statuses, sources, notes, causes, sent, at,
           failures, visits);
}

std::vector<HistoryEntry> find_history(pg::Session& session, const Id& order_id) {
  std::vector<HistoryEntry> entries;
  for (const pg::Row row : session.exec(sql::find_history, order_id)) {
    entries.push_back({order_id, row.integer(0),
                       domain::parse_status(row.text(1)).value_or(domain::Status::pending),
                       parse_source(row.text(2)), row.maybe_text(3), row.id(4), row.instant(5),
                       row.instant(6), row.integer(7), row.integer(8)});
  }
  return entries;
}

}  // namespace waybill::order::store
