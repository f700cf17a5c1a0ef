#include "services/report/store/sold.hpp"

#include <limits>

#include "services/report/store/reports.hpp"
#include "services/report/store/sql.hpp"

namespace waybill::report::store {
namespace {

using domain::SalesQuestion;

constexpr std::chrono::days one_day{1};
const Instant end_of_time = parse_rfc3339("9999-12-31T23:59:59Z").value();

// What $as_of stands for in the statements: nothing means now.
struct Moment {
  std::optional<Instant> at = {};
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
};

Moment moment_of(const SalesQuestion& question) {
  if (!question.as_of) return {};
  if (const auto* at = std::get_if<Instant>(&*question.as_of)) return {*at};
  return {end_of_time, std::get<std::int64_t>(*question.as_of)};
}

// Orders, units, revenue.
domain::Sums read_sums(const pg::Row& row, int column) {
  return {row.integer(column), row.integer(column + 1), row.integer(column + 2)};
}

std::vector<domain::DaySales> find_by_day(pg::Session& session, const SalesQuestion& question,
                                          const Zone& zone) {
  pg::Array days, starts, ends;
  for (Day day = question.from; day <= question.to; day += one_day) {
    days.add(format_day(day));
    starts.add(zone.start_of(day));
    ends.add(zone.start_of(day + one_day));
  }
  const Moment moment = moment_of(question);
  std::vector<domain::DaySales> sold;
  for (const pg::Row row :
       session.exec(sql::sales_by_day, days, starts, ends, moment.at, moment.before)) {
    sold.push_back({read_day(row, 0), std::string{row.text(1)}, read_sums(row, 2), row.integer(5)});
  }
  return sold;
}

std::vector<domain::ProductSales> find_by_product(pg::Session& session,
                                                  const SalesQuestion& question, const Zone& zone) {
  const Instant from = zone.start_of(question.from);
  const Instant to = zone.start_of(question.to + one_day);
  const Moment moment = moment_of(question);
  std::vector<domain::ProductSales> sold;
  for (const pg::Row row :
       session.exec(sql::sales_by_product, from, to, moment.at, moment.before)) {
    sold.push_back({row.id(0), row.maybe_text(1), std::string{row.text(2)},
                    std::string{row.text(3)}, read_sums(row, 4)});
  }
  return sold;
}

}  // namespace

domain::Sales find_sales(pg::Session& session, const SalesQuestion& question, const Zone& zone,
                         const std::string& currency) {
  domain::Sales by_day =
      domain::sales_by_day(question, zone.name(), currency, find_by_day(session, question, zone));
  if (question.by == domain::GroupBy::day) return by_day;
  return domain::sales_by_product(std::move(by_day), find_by_product(session, question, zone));
}

}  // namespace waybill::report::store
