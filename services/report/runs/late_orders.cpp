#include "services/report/events/report_events.hpp"
#include "services/report/runs/runs.hpp"
#include "services/report/store/late.hpp"
#include "services/report/store/requests.hpp"

namespace waybill::report::runs {
namespace {

store::Request request_for(const store::ReportedDay& reported, Instant now) {
  store::Request request;
  // Of several workers that find the same, one asks.
  request.cause.command_id =
      derive_id(events::report_id(reported.day), fmt::format("late {}", reported.version));
  request.cause.trace.correlation_id = new_correlation_id();
  request.cause.trace.traceparent = child_traceparent({});
  request.cause.instance = "/runs/late-orders";
  request.cause.sent_at = now;
  request.day = reported.day;
  request.reason = store::Reason::late_order;
  return request;
}

}  // namespace

bool plan_late(pg::Tx& tx, const Calendar& calendar, Instant now) {
  if (!store::try_turn(tx)) return false;
  const store::LateOrders late = store::look_for_late(tx, calendar.zone);
  if (late.days.empty()) return late.more;
  for (const store::ReportedDay& reported : store::find_reported(tx, late.days)) {
    store::add_request(tx, request_for(reported, now));
  }
  return late.more;
}

}  // namespace waybill::report::runs
