// Days that are to be reported, and the schedule that asks for them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/core/zone.hpp"
#include "libs/outbox/command.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::report::store {

enum class Reason { schedule, command, late_order };

struct Request {
  outbox::Cause cause;  // its command id is the request's
  Day day;
  Reason reason = Reason::command;
};

// Once, however often.
void add_request(pg::Tx& tx, const Request& request);
// The oldest ones, at most 100.
std::vector<Id> find_requests(pg::Session& session);
// The oldest of these, if one is left.
std::optional<Request> take_request(pg::Tx& tx, const std::vector<Id>& of);
// False: another worker is reporting; until the end of the transaction nobody else is.
bool try_turn(pg::Tx& tx);

struct ScheduleRow {
  std::string cron;
  std::string zone;
  Instant next_due;
};
// Locks the row until the end of the transaction.
std::optional<ScheduleRow> lock_schedule(pg::Tx& tx);
void put_schedule(pg::Tx& tx, const ScheduleRow& row);

}  // namespace waybill::report::store
