#include "services/report/store/requests.hpp"

#include "services/report/store/reports.hpp"
#include "services/report/store/sql.hpp"

namespace waybill::report::store {
namespace {

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::schedule:
      return "schedule";
    case Reason::command:
      return "command";
    case Reason::late_order:
      return "late-order";
  }
  return "command";
}

Reason parse_reason(std::string_view text) {
  if (text == "schedule") return Reason::schedule;
  if (text == "late-order") return Reason::late_order;
  return Reason::command;
}

}  // namespace

void add_request(pg::Tx& tx, const Request& request) {
  const outbox::Cause& cause = request.cause;
  tx.later(sql::insert_request, cause.command_id, format_day(request.day),
           to_string(request.reason), to_header(cause.caller), cause.trace.correlation_id,
           cause.trace.traceparent, cause.instance, cause.sent_at);
}

std::vector<Id> find_requests(pg::Session& session) {
  std::vector<Id> ids;
  for (const pg::Row row : session.exec(sql::find_requests)) ids.push_back(row.id(0));
  return ids;
}

std::optional<Request> take_request(pg::Tx& tx, const std::vector<Id>& of) {
  pg::Array ids;
  for (const Id& id : of) ids.add(id);
  const pg::Rows rows = tx.exec(sql::take_request, ids);
  if (rows.empty()) return std::nullopt;
  const pg::Row row = rows[0];
  Request request;
  request.cause.command_id = row.id(0);
  request.day = read_day(row, 1);
  request.reason = parse_reason(row.text(2));
  request.cause.caller = parse_caller(row.text(3));
  request.cause.trace = {std::string{row.text(4)}, std::string{row.text(5)}};
  request.cause.instance = row.text(6);
  request.cause.sent_at = row.instant(7);
  return request;
}

bool try_turn(pg::Tx& tx) {
  return tx.exec(sql::try_turn)[0].boolean(0);
}

std::optional<ScheduleRow> lock_schedule(pg::Tx& tx) {
  const pg::Rows rows = tx.exec(sql::lock_schedule);
  if (rows.empty()) return std::nullopt;
  return ScheduleRow{std::string{rows[0].text(0)}, std::string{rows[0].text(1)},
                     rows[0].instant(2)};
}

void put_schedule(pg::Tx& tx, const ScheduleRow& row) {
  tx.exec(sql::put_schedule, row.cron, row.zone, row.next_due);
}

}  // namespace waybill::report::store
