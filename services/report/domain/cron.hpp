// Cron expressions: minute, hour, day of month, month, day of week. Pure.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "libs/core/fault.hpp"
#include "libs/core/zone.hpp"

namespace waybill::report::domain {

// Five fields as in crontab(5): *, lists, ranges, steps, names of months and days of the week
// (three letters, any case), 7 as Sunday. Where day of month and day of week are both restricted, a
// day that fits either one counts.
class Cron {
 public:
  // validation-failed for what is no such expression, and for one that never comes (31 2).
  static Result<Cron> parse(std::string_view text);

  // The first time behind `after` that the wall clock of the zone shows such a time. A time that
  // the zone skips counts at the end of the gap, one that it has twice counts once.
  Instant next(Instant after, const Zone& zone) const;

  bool matches(LocalTime time) const;

 private:
  bool matches_day(std::chrono::year_month_day date) const;
  std::optional<LocalTime> next_local(LocalTime from) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;
  bool any_day_ = true;
  bool any_weekday_ = true;
};

}  // namespace waybill::report::domain
