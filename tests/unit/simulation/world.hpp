// Two services, their queues, relays, a topic, a projection and some customers on a virtual clock.
// For half a minute everything that can go wrong does, by the seed: processes die between any two
// steps, commits fail or are in doubt, confirms are lost, relays overlap, messages come twice. Then
// it is calm, and everything has to come to rest.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/unit/simulation/bugs.hpp"

namespace waybill::simulation {

// What is not as it should be at the end; empty: nothing lost, nothing twice. The same seed gives
// the same run.
std::vector<std::string> simulate(std::uint64_t seed, Bug bug = Bug::none);

}  // namespace waybill::simulation
