#include "services/report/domain/cron.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace waybill;
using report::domain::Cron;

namespace {

Zone zone(const std::string& name) {
  return Zone::find(name).value();
}

Instant at(const std::string& text) {
  return parse_rfc3339(text).value();
}

// The due times behind `from`, as the wall clock shows UTC.
std::vector<std::string> due(const std::string& cron, const std::string& from,
                             const std::string& zone_name, int count) {
  const Cron parsed = Cron::parse(cron).value();
  const Zone where = zone(zone_name);
  std::vector<std::string> times;
  Instant last = at(from);
  for (int i = 0; i < count; ++i) {
    last = parsed.next(last, where);
    times.push_back(to_rfc3339(last).substr(0, 16));
  }
  return times;
}

using Times = std::vector<std::string>;

}  // namespace

TEST_CASE("midnight comes every day, in the zone's own time", "[cron]") {
  CHECK(due("0 0 * * *", "2026-01-31T12:00:00Z", "UTC", 2) ==
        Times{"2026-02-01T00:00", "2026-02-02T00:00"});
  CHECK(due("0 0 * * *", "2026-01-31T12:00:00Z", "America/New_York", 1) ==
        Times{"2026-02-01T05:00"});
}

TEST_CASE("a due time is behind the time asked for, never at it", "[cron]") {
  CHECK(due("0 0 * * *", "2026-02-01T00:00:00Z", "UTC", 1) == Times{"2026-02-02T00:00"});
}

TEST_CASE("days of 23 and 25 hours have one midnight each", "[cron][dst]") {
  CHECK(due("0 0 * * *", "2026-03-28T12:00:00Z", "Europe/London", 3) ==
        Times{"2026-03-29T00:00", "2026-03-29T23:00", "2026-03-30T23:00"});
  CHECK(due("0 0 * * *", "2026-10-24T12:00:00Z", "Europe/London", 3) ==
        Times{"2026-10-24T23:00", "2026-10-26T00:00", "2026-10-27T00:00"});
}

TEST_CASE("a time that the clock skips is due at the end of the gap, once", "[cron][dst]") {
  // 29 March 2026: 02:00 becomes 03:00 in Berlin, at 01:00 UTC.
  CHECK(due("*/30 2 * * *", "2026-03-28T12:00:00Z", "Europe/Berlin", 3) ==
        Times{"2026-03-29T01:00", "2026-03-30T00:00", "2026-03-30T00:30"});
  // In Santiago midnight itself is skipped: 6 September 2026 begins at 01:00, 04:00 UTC.
  CHECK(due("0 0 * * *", "2026-09-05T12:00:00Z", "America/Santiago", 2) ==
        Times{"2026-09-06T04:00", "2026-09-07T03:00"});
}

TEST_CASE("a time that the clock shows twice is due at the first of them", "[cron][dst]") {
  // 25 October 2026: 03:00 becomes 02:00 in Berlin, at 01:00 UTC.
  CHECK(due("30 2 * * *", "2026-10-24T12:00:00Z", "Europe/Berlin", 2) ==
        Times{"2026-10-25T00:30", "2026-10-26T01:30"});
  CHECK(due("30 2 * * *", "2026-10-25T00:45:00Z", "Europe/Berlin", 1) == Times{"2026-10-26T01:30"});
}

TEST_CASE("lists, ranges, steps and names", "[cron]") {
  CHECK(due("*/20 9-10 * * MON-FRI", "2026-01-30T10:30:00Z", "UTC", 2) ==
        Times{"2026-01-30T10:40", "2026-02-02T09:00"});
  CHECK(due("5,15 0 1 jan,Jul *", "2026-01-01T00:05:00Z", "UTC", 2) ==
        Times{"2026-01-01T00:15", "2026-07-01T00:05"});
  CHECK(due("0 0 * * 7", "2026-01-30T00:00:00Z", "UTC", 1) ==
        due("0 0 * * sun", "2026-01-30T00:00:00Z", "UTC", 1));
}

TEST_CASE("restricted days of month and week are added together", "[cron]") {
  // The 13th, and every Friday.
  CHECK(due("0 0 13 * 5", "2026-01-10T00:00:00Z", "UTC", 3) ==
        Times{"2026-01-13T00:00", "2026-01-16T00:00", "2026-01-23T00:00"});
  CHECK(due("0 0 29 2 *", "2026-01-10T00:00:00Z", "UTC", 1) == Times{"2028-02-29T00:00"});
  // With a step from the first on both count: 1 February, a Sunday.
  CHECK(due("0 0 */31 2 0", "2037-02-01T00:00:00Z", "UTC", 2) ==
        Times{"2043-02-01T00:00", "2054-02-01T00:00"});
}

TEST_CASE("what is no cron expression is refused with what is wrong", "[cron]") {
  for (const char* text :
       {"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *",
        "* * * * 8", "5-1 * * * *", "*/0 * * * *", "a * * * *", "-1 * * * *", "1,,2 * * * *",
        "* * 31 2 *", "1-2-3 * * * *", "1/ * * * *"}) {
    INFO(text);
    CHECK(Cron::parse(text).has_error());
  }
  CHECK(Cron::parse("* 25 * * *").error().detail ==
        "'25' is no hour of a cron expression (0 to 23)");
}

TEST_CASE("the next time matches, lies behind, and nothing between does", "[cron][property]") {
  const auto field = [](int first, int last) {
    const int kind = *rc::gen::inRange(0, 4);
    const int low = *rc::gen::inRange(first, last + 1);
    const int high = *rc::gen::inRange(low, last + 1);
    switch (kind) {
      case 0:
        return std::string{"*"};
      case 1:
        return std::to_string(low);
      case 2:
        return fmt::format("{}-{}", low, high);
      default:
        return fmt::format("*/{}", *rc::gen::inRange(1, 20));
    }
  };
  const bool holds = rc::check("next", [&] {
    const std::string text = fmt::format("{} {} {} {} {}", field(0, 59), field(0, 23), field(1, 28),
                                         field(1, 12), field(0, 6));
    const auto cron = Cron::parse(text).value();
    const Zone where = zone(*rc::gen::element<std::string>(
        "UTC", "Europe/London", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe"));
    const Instant from{std::chrono::minutes{*rc::gen::inRange(26'000'000, 32'000'000)}};
    const Instant next = cron.next(from, where);
    RC_ASSERT(next > from);
    // No gap lies at a matching time, or it is the gap's end that was taken.
    RC_ASSERT(cron.matches(where.local(next)) ||
              where.local(next) - where.local(next - std::chrono::minutes{1}) >
                  std::chrono::minutes{1});
    for (int step = 1; step <= 300; ++step) {
      const Instant between = from + std::chrono::minutes{step};
      if (between >= next) break;
      const LocalTime shown = where.local(between);
      RC_ASSERT(!cron.matches(shown) || where.instant(shown) != between);
    }
  });
  CHECK(holds);
}
