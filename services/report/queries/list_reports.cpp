#include <charconv>

#include "services/report/domain/csv.hpp"
#include "services/report/events/report_events.hpp"
#include "services/report/queries/formats.hpp"
#include "services/report/queries/queries.hpp"
#include "services/report/store/reports.hpp"
#include "services/report/store/sold.hpp"

namespace waybill::report::queries {
namespace {

constexpr std::chrono::days chart_days{30};
constexpr std::int64_t most_csv_rows = 1'000'000;  // what a spreadsheet holds

std::int64_t read_limit(const web::Request& request) {
  const std::string_view text = request.query_value("limit");
  std::int64_t limit = 10;
  std::from_chars(text.data(), text.data() + text.size(), limit);
  return std::clamp<std::int64_t>(limit, 1, 100);
}

Result<std::optional<std::pair<Instant, Id>>> read_place(const web::Request& request) {
  using Place = std::optional<std::pair<Instant, Id>>;
  const auto cursor = runtime::decode_cursor(request);
  if (!cursor) return cursor.error();
  if (!*cursor) return Place{};
  const std::string& key = (*cursor)->sort_key;
  std::int64_t micros = 0;
  const auto [end, failed] = std::from_chars(key.data(), key.data() + key.size(), micros);
  if (failed != std::errc{} || end != key.data() + key.size()) {
    return Fault{FaultKind::invalid, "bad-cursor", "This cursor belongs to another list.", {}};
  }
  return Place{std::pair{from_unix_micros(micros), (*cursor)->id}};
}

std::string to_csv(Day day, const std::vector<store::ReportRow>& rows) {
  std::string text;
  domain::append_csv(text, {"id", "report_at", "order_id", "count_product", "created_at"});
  for (const store::ReportRow& row : rows) {
    domain::append_csv(text, {row.id.to_string(), format_day(day), row.order_id.to_string(),
                              std::to_string(row.count_product), to_rfc3339(row.created_at)});
  }
  return text;
}

Result<web::Response> answer_page(pg::Session& session, const web::Request& request, Day day) {
  const auto after = read_place(request);
  if (!after) return after.error();
  const std::int64_t limit = read_limit(request);
  auto rows = store::list_reports(session, day, limit + 1, *after);
  runtime::Page page;
  if (std::ssize(rows) > limit) {
    rows.pop_back();
    const store::ReportRow& last = rows.back();
    page.next = runtime::encode_cursor(
        {std::to_string(to_unix_micros(last.order_date)), last.order_id}, request);
  }
  for (const store::ReportRow& row : rows) page.items.push_back(events::representation(row, day));
  if (request.query_value("with_total") == "true") {
    page.total = store::count_reports(session, day);
  }
  return runtime::page_response(page, request);
}

}  // namespace

Result<web::Response> list_reports(pg::Session& session, const runtime::Query& query,
                                   const Shop& shop) {
  const auto asked = read_day(query.request, "report_date");
  if (!asked) return asked.error();
  const Day day = asked->value_or(shop.zone.day_of(now()) - std::chrono::days{1});
  const Format format = read_format(query.request);
  if (format == Format::json) return answer_page(session, query.request, day);
  if (format == Format::csv) {
    return csv_response(to_csv(day, store::list_reports(session, day, most_csv_rows, {})),
                        "report_" + format_day(day) + ".csv");
  }
  const domain::SalesQuestion question{day - chart_days + std::chrono::days{1}, day};
  const domain::Sales sales = store::find_sales(session, question, shop.zone, shop.currency);
  return chart_response(sales, "Sales of the 30 days to " + format_day(day), format);
}

}  // namespace waybill::report::queries
