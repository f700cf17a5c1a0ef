// When days are reported: by the schedule, because somebody asked, because an order came late. Each
// takes the time as an argument and may be called by any number of workers at the same time.
#pragma once

#include <vector>

#include "libs/outbox/writer.hpp"
#include "libs/pg/pg.hpp"
#include "services/report/domain/cron.hpp"

namespace waybill::report::runs {

// When, and what a day is.
struct Calendar {
  std::string cron_text;
  domain::Cron cron;
  Zone zone;
};

// Asks for the report of the day before each due time that has come; at most one of them a call.
// True when there may be more. Due times of before the last 31 days are forgotten.
bool plan_due(pg::Tx& tx, const Calendar& calendar, Instant now);

// Asks again for days whose report lacks an order that came later. True when there may be more.
bool plan_late(pg::Tx& tx, const Calendar& calendar, Instant now);

// Does one of these requests, the oldest, and answers who asked. False when there is none left, or
// when another worker is at it.
bool run_one(pg::Tx& tx, outbox::Writer& out, const Calendar& calendar,
             const std::vector<Id>& requests, Instant now);

}  // namespace waybill::report::runs
