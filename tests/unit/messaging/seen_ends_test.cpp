// How far behind a consumer is, in seconds.
#include "libs/messaging/kafka/seen_ends.hpp"

#include <catch2/catch.hpp>

using waybill::messaging::kafka::SeenEnds;
using namespace std::chrono_literals;

namespace {

const SeenEnds::Clock::time_point start{};

}  // namespace

TEST_CASE("who has read everything is not behind", "[kafka]") {
  SeenEnds ends;
  CHECK(ends.behind(start, 100, 100) == 0s);
  CHECK(ends.behind(start + 1h, 200, 200) == 0s);
}

TEST_CASE("a reader is as far behind as the end that it has not reached is old", "[kafka]") {
  SeenEnds ends;
  ends.behind(start, 100, 100);
  ends.behind(start + 10s, 200, 100);
  ends.behind(start + 20s, 300, 100);
  CHECK(ends.behind(start + 30s, 400, 150) == 20s);
  CHECK(ends.behind(start + 31s, 400, 250) == 11s);
  CHECK(ends.behind(start + 32s, 400, 400) == 0s);
}

TEST_CASE("an event after an hour of silence is no hour's lag", "[kafka]") {
  SeenEnds ends;
  ends.behind(start, 100, 100);
  CHECK(ends.behind(start + 1h, 101, 100) == 0s);
}

TEST_CASE("a reader that stands still for hours is remembered by few numbers", "[kafka]") {
  SeenEnds ends;
  for (int second = 0; second < 20'000; ++second)
    ends.behind(start + second * 1s, 100 + second, 50);
  CHECK(ends.behind(start + 20'000s, 30'000, 50) == 20'000s);
}
