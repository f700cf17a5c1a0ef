// The protocols between the services, thousands of times on a virtual clock. A failure names its
// seed: WAYBILL_SEED=<seed> runs that one alone.
#include <cstdlib>

#include <catch2/catch.hpp>

#include "tests/unit/simulation/world.hpp"

using namespace waybill::simulation;

namespace {

constexpr std::uint64_t kRuns = 2'000;
// A bug need not show in every run.
constexpr std::uint64_t kMostRunsPerBug = 200;

}  // namespace

TEST_CASE("whatever breaks, nothing is lost and nothing is done twice", "[simulation]") {
  const char* one = std::getenv("WAYBILL_SEED");
  const std::uint64_t first = one ? std::strtoull(one, nullptr, 10) : 1;
  const std::uint64_t last = one ? first : kRuns;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const auto complaints = simulate(seed);
    INFO("WAYBILL_SEED=" << seed);
    REQUIRE(complaints == std::vector<std::string>{});
  }
}

TEST_CASE("the same seed gives the same run", "[simulation]") {
  const Bug bug = Bug::no_inbox;
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    CHECK(simulate(seed, bug) == simulate(seed, bug));
}

TEST_CASE("every known mistake is seen", "[simulation]") {
  for (const Bug bug : kBugs) {
    std::uint64_t seed = 1;
    while (seed <= kMostRunsPerBug && simulate(seed, bug).empty()) ++seed;
    INFO(name_of(bug));
    CHECK(seed <= kMostRunsPerBug);
  }
}
