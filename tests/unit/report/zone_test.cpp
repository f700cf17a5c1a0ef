#include "libs/core/zone.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace waybill;

TEST_CASE("a day is written and read as YYYY-MM-DD and in no other way", "[zone]") {
  for (const char* text : {"2026-01-31", "2024-02-29", "1999-12-31"}) {
    CHECK(format_day(parse_day(text).value()) == text);
  }
  for (const char* text : {"", "2026-1-31", "2026-02-29", "2026-13-01", "2026-00-10", "20260131",
                           "2026-01-31T", "2026/01/31", "0000-01-01", "2026-01-3x", "-026-01-31"}) {
    INFO(text);
    CHECK_FALSE(parse_day(text));
  }
}

TEST_CASE("a zone is one of the database's", "[zone]") {
  CHECK(Zone::find("Europe/London"));
  CHECK_FALSE(Zone::find("Europe/Waybill"));
  CHECK_FALSE(Zone::find(""));
}

TEST_CASE("days lie between midnights, of 23 and 25 hours too", "[zone][dst]") {
  const Zone london = Zone::find("Europe/London").value();
  const auto hours = [&](const char* day) {
    const Day date = parse_day(day).value();
    return (london.start_of(date + std::chrono::days{1}) - london.start_of(date)) /
           std::chrono::hours{1};
  };
  CHECK(hours("2026-03-29") == 23);
  CHECK(hours("2026-10-25") == 25);
  CHECK(hours("2026-01-01") == 24);
}

TEST_CASE("every instant lies in its own day", "[zone][property]") {
  const bool holds = rc::check("day", [] {
    const Zone zone =
        Zone::find(*rc::gen::element<std::string>("UTC", "Europe/London", "America/Santiago",
                                                  "Pacific/Apia", "Asia/Kathmandu"))
            .value();
    const Instant at{std::chrono::seconds{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000)}};
    const Day day = zone.day_of(at);
    RC_ASSERT(zone.start_of(day) <= at);
    RC_ASSERT(at < zone.start_of(day + std::chrono::days{1}));
  });
  CHECK(holds);
}
