#include "services/report/store/sold.hpp"

#include "services/report/store/reports.hpp"
#include "services/report/store/sql.hpp"

namespace waybill::report::store {
namespace {

using domain::SalesQuestion;

constexpr std::chrono::days one_day{1};

std::vector<domain::DaySales> find_by_day(pg::Session& session, const SalesQuestion& question,
                                          const Zone& zone) {
  pg::Array days, starts, ends;
  for (Day day = question.from; day <= question.to; day += one_day) {
    days.add(format_day(day));
    starts.add(zone.start_of(day));
    ends.add(zone.start_of(day + one_day));
  }
  const pg::Rows rows =
      question.as_of ? session.exec(sql::sales_by_day_as_of, days, starts, ends, *question.as_of)
                     : session.exec(sql::sales_by_day, days, starts, ends);
  std::vector<domain::DaySales> sold;
  for (const pg::Row row : rows) {
    sold.push_back({read_day(row, 0), std::string{row.text(1)}, row.integer(2), row.integer(3),
                    row.integer(4)});
  }
  return sold;
}

std::vector<domain::ProductSales> find_by_product(pg::Session& session,
                                                  const SalesQuestion& question, const Zone& zone) {
  const Instant from = zone.start_of(question.from);
  const Instant to = zone.start_of(question.to + one_day);
  const pg::Rows rows = question.as_of
                            ? session.exec(sql::sales_by_product_as_of, from, to, *question.as_of)
                            : session.exec(sql::sales_by_product, from, to);
  std::vector<domain::ProductSales> sold;
  for (const pg::Row row : rows) {
    sold.push_back({row.id(0), row.maybe_text(1), std::string{row.text(2)},
                    std::string{row.text(3)}, row.integer(4), row.integer(5), row.integer(6)});
  }
  return sold;
}

}  // namespace

domain::Sales find_sales(pg::Session& session, const SalesQuestion& question, const Zone& zone,
                         const std::string& currency) {
  domain::Sales by_day =
      domain::sales_by_day(question, zone.name(), currency, find_by_day(session, question, zone));
  if (question.by == domain::GroupBy::day) return by_day;
  return domain::sales_by_product(question, zone.name(), currency,
                                  find_by_product(session, question, zone),
                                  std::move(by_day.totals));
}

}  // namespace waybill::report::store
