#include "services/gateway/queries/breaker.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using waybill::gateway::Breaker;
using State = Breaker::State;

namespace {

struct Fixture {
  Breaker breaker{{3, 500ms, 1'500ms}};
  Breaker::Time now{};

  void fail(int times) {
    for (int i = 0; i < times; ++i) {
      REQUIRE(breaker.may_ask(now));
      breaker.failed(now);
    }
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a breaker opens after failures in a row", "[gateway][breaker]") {
  fail(2);
  breaker.succeeded();
  fail(2);
  CHECK(breaker.state() == State::closed);
  fail(1);
  CHECK(breaker.state() == State::open);
  CHECK_FALSE(breaker.may_ask(now + 499ms));
}

TEST_CASE_METHOD(Fixture, "after its rest one request tries, and closes it", "[gateway][breaker]") {
  fail(3);
  now += 500ms;
  CHECK(breaker.may_ask(now));
  CHECK(breaker.state() == State::half_open);
  CHECK_FALSE(breaker.may_ask(now));
  breaker.succeeded();
  CHECK(breaker.state() == State::closed);
  fail(2);
  CHECK(breaker.state() == State::closed);
}

TEST_CASE_METHOD(Fixture, "a trial that fails makes the rest longer, up to a limit",
                 "[gateway][breaker]") {
  fail(3);
  for (const auto rest : {500ms, 1'000ms, 1'500ms, 1'500ms}) {
    CHECK_FALSE(breaker.may_ask(now + rest - 1ms));
    now += rest;
    REQUIRE(breaker.may_ask(now));
    breaker.failed(now);
  }
}

TEST_CASE_METHOD(Fixture, "a trial that never left is tried again", "[gateway][breaker]") {
  fail(3);
  now += 500ms;
  REQUIRE(breaker.may_ask(now));
  breaker.dropped();
  CHECK(breaker.may_ask(now));
}

TEST_CASE_METHOD(Fixture, "failures of requests that were under way don't prolong the rest",
                 "[gateway][breaker]") {
  fail(3);
  breaker.failed(now + 400ms);
  CHECK(breaker.may_ask(now + 500ms));
}
