#include "services/report/store/reports.hpp"

#include "services/report/store/known.hpp"
#include "services/report/store/sql.hpp"

namespace waybill::report::store {
namespace {

ReportRow read_row(const pg::Row& row) {
  return {row.id(0), row.id(1), row.integer(2), row.instant(3), row.instant(4)};
}

// Name space of the ids of rows.
const Id row_ids = *Id::parse("0d6e1f52-8a3c-5b0e-9d5a-6f1f1d0c7a11");

}  // namespace

Day read_day(const pg::Row& row, int column) {
  const auto day = parse_day(row.text(column));
  if (!day) throw pg::Error{"a day can't be read"};
  return *day;
}

std::vector<ReportRow> find_unreported(pg::Tx& tx, Day day, Instant from, Instant to) {
  std::vector<ReportRow> rows;
  const std::string date = format_day(day);
  for (const pg::Row row : tx.exec(sql::find_unreported, from, to, date)) {
    const Id order = row.id(0);
    rows.push_back({derive_id(row_ids, date + ' ' + order.to_string()),
                    order,
                    row.integer(2),
                    {},
                    row.instant(1)});
  }
  return rows;
}

void add_reports(pg::Tx& tx, Day day, std::span<const ReportRow> rows, Instant now) {
  pg::Array ids, orders, dates, counts;
  for (const ReportRow& row : rows) {
    ids.add(row.id);
    orders.add(row.order_id);
    dates.add(row.order_date);
    counts.add(row.count_product);
  }
  tx.later(sql::insert_reports, ids, format_day(day), orders, dates, counts, now);
}

std::optional<ReportDay> lock_day(pg::Tx& tx, Day day) {
  const pg::Rows rows = tx.exec(sql::lock_report_day, format_day(day));
  if (rows.empty()) return std::nullopt;
  return ReportDay{rows[0].integer(0), rows[0].boolean(1), rows[0].integer(2), rows[0].instant(3)};
}

void put_day(pg::Tx& tx, Day day, const ReportDay& report, Instant now) {
  tx.later(sql::upsert_report_day, format_day(day), report.reports_count, report.complete,
           report.version, now);
}

std::vector<ReportRow> list_reports(pg::Session& session, Day day, std::int64_t limit,
                                    const std::optional<std::pair<Instant, Id>>& after) {
  const std::string date = format_day(day);
  const pg::Rows rows =
      after ? session.exec(sql::list_reports_after, date, limit, after->first, after->second)
            : session.exec(sql::list_reports, date, limit);
  std::vector<ReportRow> reports;
  for (const pg::Row row : rows) reports.push_back(read_row(row));
  return reports;
}

std::int64_t count_reports(pg::Session& session, Day day) {
  return session.exec(sql::count_reports, format_day(day))[0].integer(0);
}

std::vector<Place> find_places(pg::Session& session) {
  std::vector<Place> places;
  for (const pg::Row row : session.exec(sql::find_places, orders_projection, orders_topic)) {
    places.push_back({static_cast<std::int32_t>(row.integer(0)), row.integer(1)});
  }
  return places;
}

bool has_parked(pg::Tx& tx) {
  return tx.exec(sql::has_parked, orders_projection)[0].boolean(0);
}

}  // namespace waybill::report::store
