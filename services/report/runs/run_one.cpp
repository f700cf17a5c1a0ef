#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/outbox/operations.hpp"
#include "services/report/events/report_events.hpp"
#include "services/report/runs/runs.hpp"
#include "services/report/store/reports.hpp"
#include "services/report/store/requests.hpp"

namespace waybill::report::runs {
namespace {

constexpr std::string_view notice_consumer = "report.notice";

// Brings the day's report up to date and tells it when that changed something.
store::ReportDay report_day(pg::Tx& tx, outbox::Writer& out, const Calendar& calendar,
                            const store::Request& request, Instant now) {
  const Day day = request.day;
  const auto before = store::lock_day(tx, day);
  std::vector<store::ReportRow> added = store::find_unreported(
      tx, day, calendar.zone.start_of(day), calendar.zone.start_of(day + std::chrono::days{1}));
  for (store::ReportRow& row : added) row.created_at = now;
  store::ReportDay report = before.value_or(store::ReportDay{.created_at = now});
  const bool was_complete = report.complete;
  report.reports_count += std::ssize(added);
  report.complete = !store::has_parked(tx);
  if (before && added.empty() && report.complete == was_complete) return report;
  ++report.version;
  if (!added.empty()) store::add_reports(tx, day, added, now);
  store::put_day(tx, day, report, now);
  events::tell(out, day, report, now, request.cause);
  const Id told = derive_id(events::report_id(day), std::to_string(report.version));
  if ((!before || !added.empty()) && outbox::claim_effect(tx, notice_consumer, told)) {
    events::notify(out, day, report, added, now, request.cause);
  }
  return report;
}

void count(store::Reason reason) {
  static metrics::Counter& scheduled =
      metrics::counter("report_runs_total", "Days that were reported.", {{"reason", "schedule"}});
  static metrics::Counter& asked =
      metrics::counter("report_runs_total", "Days that were reported.", {{"reason", "command"}});
  static metrics::Counter& late =
      metrics::counter("report_runs_total", "Days that were reported.", {{"reason", "late-order"}});
  (reason == store::Reason::schedule  ? scheduled
   : reason == store::Reason::command ? asked
                                      : late)
      .add();
}

}  // namespace

bool run_one(pg::Tx& tx, outbox::Writer& out, const Calendar& calendar,
             const std::vector<Id>& requests, Instant now) {
  if (!store::try_turn(tx)) return false;
  const auto request = store::take_request(tx, requests);
  if (!request) return false;
  const store::ReportDay report = report_day(tx, out, calendar, *request, now);
  const std::string date = format_day(request->day);
  if (request->reason == store::Reason::command) {
    out.complete(request->cause.command_id,
                 outbox::Outcome::created(events::summary(request->day, report),
                                          "/v1/reports?report_date=" + date),
                 request->cause);
  }
  log::info("report.ready", {{"report_date", date},
                             {"orders", report.reports_count},
                             {"complete", report.complete},
                             {"version", report.version}});
  count(request->reason);
  return true;
}

}  // namespace waybill::report::runs
