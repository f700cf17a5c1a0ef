// Orders that were told after their day was reported, found by their offsets.
#pragma once

#include <set>
#include <vector>

#include "libs/core/zone.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::report::store {

// Days of orders that have changed since the last look and stand in no report, and whether there is
// more to look at. Moves the mark of the last look.
struct LateOrders {
  std::set<Day> days;
  bool more = false;
};
LateOrders look_for_late(pg::Tx& tx, const Zone& zone);

struct ReportedDay {
  Day day;
  std::int64_t version = 0;
};
// Those of these days that were reported.
std::vector<ReportedDay> find_reported(pg::Tx& tx, const std::set<Day>& days);

}  // namespace waybill::report::store
