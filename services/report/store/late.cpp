#include "services/report/store/late.hpp"

#include "services/report/store/known.hpp"
#include "services/report/store/reports.hpp"
#include "services/report/store/sql.hpp"

namespace waybill::report::store {
namespace {

constexpr std::int64_t most_orders = 5'000;

void look_at(pg::Tx& tx, const pg::Row& place, const Zone& zone, LateOrders& late) {
  const std::int64_t partition = place.integer(0);
  std::int64_t seen = place.integer(2);
  const pg::Rows changed =
      tx.exec(sql::find_changed_unreported, partition, place.integer(1), seen, most_orders);
  for (const pg::Row row : changed) {
    if (row.boolean(2)) late.days.insert(zone.day_of(row.instant(1)));
  }
  if (changed.size() == most_orders) {
    seen = changed[changed.size() - 1].integer(0) + 1;
    late.more = true;
  }
  tx.exec(sql::put_late_check, partition, seen);
}

}  // namespace

LateOrders look_for_late(pg::Tx& tx, const Zone& zone) {
  LateOrders late;
  const pg::Rows places = tx.exec(sql::find_late_check, orders_projection, orders_topic);
  for (const pg::Row place : places) look_at(tx, place, zone, late);
  return late;
}

std::vector<ReportedDay> find_reported(pg::Tx& tx, const std::set<Day>& days) {
  pg::Array wanted;
  for (const Day day : days) wanted.add(format_day(day));
  std::vector<ReportedDay> reported;
  for (const pg::Row row : tx.exec(sql::find_reported_days, wanted)) {
    reported.push_back({read_day(row, 0), row.integer(1)});
  }
  return reported;
}

}  // namespace waybill::report::store
