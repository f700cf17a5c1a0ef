#include "services/report/queries/formats.hpp"

#include <array>
#include <map>

#include "libs/drawing/drawing.hpp"
#include "services/report/domain/chart.hpp"

namespace waybill::report::queries {

Format read_format(const web::Request& request) {
  struct Form {
    Format format;
    std::string_view name;
    std::string_view media_type;
  };
  constexpr std::array forms{Form{Format::json, "json", "application/json"},
                             Form{Format::csv, "csv", "text/csv"},
                             Form{Format::svg, "svg", "image/svg+xml"},
                             Form{Format::png, "png", "image/png"}, Form{Format::json, "", "*/*"}};
  const std::string_view wanted = request.query_value("format");
  const std::string_view accept = request.headers.get("Accept");
  // Of what it accepts the first that there is; weights are not looked at.
  std::size_t best = std::string_view::npos;
  Format format = Format::json;
  for (const Form& form : forms) {
    if (!wanted.empty() && wanted == form.name) return form.format;
    const std::size_t at = accept.find(form.media_type);
    if (at >= best) continue;
    best = at;
    format = form.format;
  }
  return wanted.empty() ? format : Format::json;
}

Fault invalid_parameter(const char* name, const char* message) {
  boost::json::array errors{boost::json::object{{"parameter", name}, {"message", message}}};
  return invalid("Validation failed for the report.", {{"errors", std::move(errors)}});
}

Result<std::optional<Day>> read_day(const web::Request& request, const char* name) {
  const std::string_view text = request.query_value(name);
  if (text.empty()) return std::optional<Day>{};
  const auto day = parse_day(text);
  if (!day) return invalid_parameter(name, "is no date");
  return day;
}

web::Response csv_response(std::string text, const std::string& file_name) {
  web::Response response{200, "text/csv; charset=utf-8; header=present", std::move(text)};
  response.headers.set("Content-Disposition", "attachment; filename=\"" + file_name + '"');
  return response;
}

web::Response chart_response(const domain::Sales& by_day, const std::string& title, Format format) {
  std::map<Day, domain::ChartDay> days;
  for (const domain::DaySales& row : by_day.days) {
    domain::ChartDay& day = days[row.day];
    day.day = row.day;
    day.orders += row.sums.orders;
    day.revenue += row.sums.revenue;
  }
  domain::Chart chart{title, by_day.currency, {}};
  for (const auto& [date, day] : days) chart.days.push_back(day);
  std::string svg = domain::to_svg(chart);
  if (format == Format::svg) return {200, "image/svg+xml", std::move(svg)};
  return {200, "image/png", drawing::to_png(svg)};
}

}  // namespace waybill::report::queries
