#include "services/report/events/report_events.hpp"

#include "libs/contract/json.hpp"
#include "waybill/report/v1/events.pb.h"

namespace waybill::report::events {
namespace {

namespace json = boost::json;

// Name space of the ids of days.
const Id day_ids = *Id::parse("9b1c7a0e-4c0d-5f43-8a44-1d9e2b6f3c52");

}  // namespace

std::string representation(const store::ReportRow& row, Day day) {
  v1::ReportRow message;
  message.set_id(row.id.to_string());
  message.set_report_at(format_day(day));
  message.set_order_id(row.order_id.to_string());
  message.set_count_product(row.count_product);
  message.set_created_at(to_rfc3339(row.created_at));
  return contract::to_json(message);
}

std::string summary(Day day, const store::ReportDay& report) {
  return json::serialize(json::object{{"report_date", format_day(day)},
                                      {"reports_count", report.reports_count},
                                      {"complete", report.complete}});
}

Id report_id(Day day) {
  return derive_id(day_ids, format_day(day));
}

void tell(outbox::Writer& out, Day day, const store::ReportDay& report, Instant now,
          const outbox::Cause& cause) {
  v1::ReportReady event;
  event.set_id(report_id(day).to_string());
  event.set_report_date(format_day(day));
  event.set_reports_count(report.reports_count);
  event.set_complete(report.complete);
  event.set_version(report.version);
  event.set_created_at(to_rfc3339(now));
  out.event(topic, report_id(day), report.version, event, cause);
}

void notify(outbox::Writer& out, Day day, const store::ReportDay& report,
            std::span<const store::ReportRow> rows, Instant now, const outbox::Cause& cause) {
  json::array reports;
  for (const store::ReportRow& row : rows) {
    reports.push_back(json::object{{"report_id", row.id.to_string()},
                                   {"order_id", row.order_id.to_string()},
                                   {"count_product", row.count_product},
                                   {"report_at", format_day(day)}});
  }
  const json::object body{{"report_date", format_day(day)},
                          {"reports_count", report.reports_count},
                          {"reports", std::move(reports)},
                          {"created_at", to_rfc3339(now)}};
  out.notice(notice_key, derive_id(report_id(day), fmt::format("notice {}", report.version)),
             json::serialize(body), cause);
}

}  // namespace waybill::report::events
