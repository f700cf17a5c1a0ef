// What `waybill scale advise` makes of the figures.
#include <catch2/catch.hpp>

#include "tools/waybill/scale/advice.hpp"

using namespace waybill::tool::scale;

namespace {

Load load(double waiting, double growth, double handled, double rate_of_one, int processes) {
  return {"order", waiting, growth, handled, rate_of_one, processes, 0};
}

}  // namespace

TEST_CASE("a service that keeps up stays as it is", "[scale]") {
  const Advice advice = advise(load(0, 0, 100, 500, 1), {});
  CHECK(advice.wanted == 1);
  CHECK(advice.arrival == Approx(100));
}

TEST_CASE("what comes is what is done and what the queue grows by", "[scale]") {
  const Advice advice = advise(load(1'000, 300, 500, 500, 1), {});
  CHECK(advice.arrival == Approx(800));
  CHECK(advice.wanted == 3);  // 800 / (500 × 0.7) and 1,000 waiting in a minute
  CHECK_FALSE(advice.drain);  // one alone will never be done
}

TEST_CASE("a backlog alone asks for processes until it is gone in time", "[scale]") {
  Aim aim;
  aim.drain = std::chrono::seconds{10};
  const Advice advice = advise(load(20'000, 0, 0, 500, 1), aim);
  CHECK(advice.wanted == 4);
  CHECK(advice.drain->count() == Approx(40));
}

TEST_CASE("a figure that is missing keeps the processes that are there", "[scale]") {
  Load unknown = load(5'000, 100, 0, 500, 3);
  unknown.waiting.reset();
  CHECK(advise(unknown, {}).wanted == 3);
  unknown = load(5'000, 100, 0, 500, 3);
  unknown.rate_of_one.reset();
  CHECK(advise(unknown, {}).wanted == 3);
}

TEST_CASE("an idle service needs one process, and loses them one at a time", "[scale]") {
  Load idle = load(0, 0, 0, 0, 4);
  idle.rate_of_one.reset();
  CHECK(advise(idle, {}).wanted == 3);
  idle.processes = 1;
  CHECK(advise(idle, {}).wanted == 1);
}

TEST_CASE("no more consumers than partitions", "[scale]") {
  Load behind = load(1'000'000, 500, 500, 500, 2);
  behind.ceiling = 8;
  const Advice advice = advise(behind, {});
  CHECK(advice.wanted == 8);
  CHECK(advice.why == "no more than partitions");
}

TEST_CASE("no more processes than allowed", "[scale]") {
  Aim aim;
  aim.most = 5;
  CHECK(advise(load(1'000'000, 500, 500, 500, 2), aim).wanted == 5);
}
