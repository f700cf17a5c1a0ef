#include "libs/log/log.hpp"
#include "services/report/runs/runs.hpp"
#include "services/report/store/requests.hpp"

namespace waybill::report::runs {
namespace {

constexpr std::chrono::days made_up{31};

// Name space of the ids of scheduled runs.
const Id due_ids = *Id::parse("5f0c2c0a-6d0b-5a8e-b6a5-9c2f7e1d8b34");

store::Request request_at(Instant due, Day day) {
  store::Request request;
  request.cause.command_id = derive_id(due_ids, to_rfc3339(due));
  request.cause.trace.correlation_id = new_correlation_id();
  request.cause.trace.traceparent = child_traceparent({});
  request.cause.instance = "/schedule/daily";
  request.cause.sent_at = due;
  request.day = day;
  request.reason = store::Reason::schedule;
  return request;
}

}  // namespace

bool plan_due(pg::Tx& tx, const Calendar& calendar, Instant now) {
  const auto row = store::lock_schedule(tx);
  const bool is_new = !row || row->cron != calendar.cron_text || row->zone != calendar.zone.name();
  if (is_new) {
    store::put_schedule(
        tx, {calendar.cron_text, calendar.zone.name(), calendar.cron.next(now, calendar.zone)});
    return false;
  }
  if (row->next_due > now) return false;
  Instant due = row->next_due;
  if (due < now - made_up) {
    due = calendar.cron.next(now - made_up, calendar.zone);
    log::warn("report.runs_forgotten", {{"first_due", to_rfc3339(row->next_due)}});
  }
  if (due > now) {
    store::put_schedule(tx, {row->cron, row->zone, due});
    return false;
  }
  store::add_request(tx, request_at(due, calendar.zone.day_of(due) - std::chrono::days{1}));
  const Instant next = calendar.cron.next(due, calendar.zone);
  store::put_schedule(tx, {row->cron, row->zone, next});
  return next <= now;
}

}  // namespace waybill::report::runs
