#include "libs/async/priority.hpp"

#include <thread>

#include <catch2/catch.hpp>
#include <sys/resource.h>

namespace async = waybill::async;

TEST_CASE("a thread stands back behind the others, and they stay where they are", "[async]") {
  const int present = getpriority(PRIO_PROCESS, 0);
  int lowered = 0;
  std::thread{[&] {
    async::lower_priority(3);
    lowered = getpriority(PRIO_PROCESS, 0);
  }}.join();
  CHECK(lowered == std::min(present + 3, 19));
  CHECK(getpriority(PRIO_PROCESS, 0) == present);
}
