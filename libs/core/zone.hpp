// Local days and times of a time zone, by the system's IANA database.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "libs/core/clock.hpp"

namespace waybill {

// A date of the calendar, without a zone.
using Day = std::chrono::sys_days;
// A time that a clock on the wall shows.
using LocalTime = std::chrono::local_time<std::chrono::minutes>;

// "2026-01-31"; parse_day takes nothing else.
std::string format_day(Day day);
std::optional<Day> parse_day(std::string_view text);

// Immutable; copies are cheap. Any thread may use it.
class Zone {
 public:
  // "Europe/London", "UTC"; nullopt for a name that the database does not have.
  static std::optional<Zone> find(const std::string& name);

  const std::string& name() const;
  // What the wall clock shows, seconds cut off.
  LocalTime local(Instant at) const;
  Day day_of(Instant at) const;
  // When the wall clock shows this: the first time where it does so twice, the end of the gap where
  // it never does.
  Instant instant(LocalTime time) const;
  // Its midnight. Days have 23, 24 or 25 hours, mostly.
  Instant start_of(Day day) const;

 private:
  struct Impl;
  explicit Zone(std::shared_ptr<const Impl> impl) : impl_{std::move(impl)} {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace waybill
