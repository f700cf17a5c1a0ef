#include "libs/async/priority.hpp"

#include <algorithm>

#include <sys/resource.h>

namespace waybill::async {

void lower_priority(int by) {
  constexpr int kLowest = 19;
  const int present = getpriority(PRIO_PROCESS, 0);
  setpriority(PRIO_PROCESS, 0, std::clamp(present + by, present, kLowest));
}

}  // namespace waybill::async
