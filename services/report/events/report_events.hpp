// Reports as messages: rows over HTTP, ReportReady on waybill.reports, and the notice for other
// systems.
#pragma once

#include <span>
#include <string>

#include "libs/outbox/writer.hpp"
#include "services/report/store/reports.hpp"

namespace waybill::report::events {

inline constexpr std::string_view topic = "waybill.reports";
inline constexpr const char* notice_key = "report.ready";

// The JSON that clients see.
std::string representation(const store::ReportRow& row, Day day);
// {report_date, reports_count, complete}.
std::string summary(Day day, const store::ReportDay& report);

// The id that a day's report goes by in topics.
Id report_id(Day day);

// ReportReady at the report's version.
void tell(outbox::Writer& out, Day day, const store::ReportDay& report, Instant now,
          const outbox::Cause& cause);
// {report_date, reports_count, reports: [{report_id, order_id, count_product, report_at}],
// created_at}.
void notify(outbox::Writer& out, Day day, const store::ReportDay& report,
            std::span<const store::ReportRow> rows, Instant now, const outbox::Cause& cause);

}  // namespace waybill::report::events
