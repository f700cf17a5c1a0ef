#include "tests/chaos/plan.hpp"

#include <set>

#include <catch2/catch.hpp>

using namespace waybill::chaos;

namespace {

const Playground kPlayground{{{"order", "postgres"}, {"order", "kafka"}, {"clients", "gateway"}},
                             {"gateway", "order"}};

}  // namespace

TEST_CASE("the same seed gives the same plan", "[chaos]") {
  CHECK(make_plan(7, 100, kPlayground) == make_plan(7, 100, kPlayground));
  CHECK_FALSE(make_plan(7, 100, kPlayground) == make_plan(8, 100, kPlayground));
}

TEST_CASE("a shorter plan is the beginning of a longer one", "[chaos]") {
  auto longer = make_plan(7, 100, kPlayground);
  longer.resize(30);
  CHECK(make_plan(7, 30, kPlayground) == longer);
}

TEST_CASE("a long plan breaks everything in every way", "[chaos]") {
  std::set<Kind> kinds;
  std::set<std::string> targets;
  for (const Fault& fault : make_plan(1, 1'000, kPlayground)) {
    kinds.insert(fault.kind);
    targets.insert(fault.target);
  }
  CHECK(kinds.size() == static_cast<std::size_t>(Kind::full) + 1);
  CHECK(targets == std::set<std::string>{"order-postgres", "order-kafka", "clients-gateway",
                                         "gateway", "order", "postgres", "rabbitmq", "kafka",
                                         "redis"});
}
