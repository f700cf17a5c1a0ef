// The reports: one row per order and day.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "libs/core/zone.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::report::store {

struct ReportRow {
  Id id;
  Id order_id;
  std::int64_t count_product = 0;  // units
  Instant created_at;
  Instant order_date;
};

// A day that was reported.
struct ReportDay {
  std::int64_t reports_count = 0;
  bool complete = true;
  std::int64_t version = 0;
  Instant created_at;
};

Day read_day(const pg::Row& row, int column);

// Orders of [from, to) that belong into the day's report and are not in it, newest first. Ids of
// the rows derive from day and order; `created_at` is the caller's.
std::vector<ReportRow> find_unreported(pg::Tx& tx, Day day, Instant from, Instant to);
void add_reports(pg::Tx& tx, Day day, std::span<const ReportRow> rows, Instant now);

std::optional<ReportDay> lock_day(pg::Tx& tx, Day day);
void put_day(pg::Tx& tx, Day day, const ReportDay& report, Instant now);

// Newest order first. `after`: order date and id of the last row before.
std::vector<ReportRow> list_reports(pg::Session& session, Day day, std::int64_t limit,
                                    const std::optional<std::pair<Instant, Id>>& after);
std::int64_t count_reports(pg::Session& session, Day day);

// Up to where each partition of waybill.orders has been applied.
struct Place {
  std::int32_t partition = 0;
  std::int64_t next = 0;
};
std::vector<Place> find_places(pg::Session& session);
// Events of orders are parked: some may be missing.
bool has_parked(pg::Tx& tx);

}  // namespace waybill::report::store
