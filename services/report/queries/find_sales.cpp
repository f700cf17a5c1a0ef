#include "services/report/queries/formats.hpp"
#include "services/report/queries/queries.hpp"
#include "services/report/store/sold.hpp"

namespace waybill::report::queries {
namespace {

Result<domain::SalesQuestion> read_question(const web::Request& request) {
  const auto from = read_day(request, "from");
  if (!from) return from.error();
  const auto to = read_day(request, "to");
  if (!to) return to.error();
  if (!*from) return invalid_parameter("from", "is missing");
  if (!*to) return invalid_parameter("to", "is missing");
  if (**to < **from) return invalid_parameter("to", "lies before from");
  if (**to - **from >= domain::most_days)
    return invalid_parameter("to", "is more than 366 days from from");
  domain::SalesQuestion question{**from, **to, domain::GroupBy::day, std::nullopt};
  if (request.query_value("by") == "product") question.by = domain::GroupBy::product;
  const std::string_view as_of = request.query_value("as_of");
  if (as_of.empty()) return question;
  question.as_of = domain::parse_as_of(as_of);
  if (!question.as_of) {
    return invalid_parameter("as_of", "is neither an RFC 3339 date-time nor an offset");
  }
  return question;
}

}  // namespace

Result<web::Response> find_sales(pg::Session& session, const runtime::Query& query,
                                 const Shop& shop) {
  auto question = read_question(query.request);
  if (!question) return question.error();
  const Format format = read_format(query.request);
  const bool is_chart = format == Format::svg || format == Format::png;
  if (is_chart) question->by = domain::GroupBy::day;  // the chart is by day, whatever is asked
  const domain::Sales sales = store::find_sales(session, *question, shop.zone, shop.currency);
  const std::string range =
      fmt::format("{}_{}", format_day(question->from), format_day(question->to));
  if (format == Format::csv) return csv_response(domain::to_csv(sales), "sales_" + range + ".csv");
  if (is_chart) {
    return chart_response(
        sales,
        fmt::format("Sales from {} to {}", format_day(question->from), format_day(question->to)),
        format);
  }
  return web::Response{200, "application/json", domain::to_json(sales)};
}

}  // namespace waybill::report::queries
