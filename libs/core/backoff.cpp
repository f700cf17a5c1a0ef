#include "libs/core/backoff.hpp"

#include <algorithm>
#include <random>

namespace waybill {

std::chrono::milliseconds Backoff::next() {
  thread_local std::minstd_rand random{std::random_device{}()};
  const auto step = std::min(most_, first_ * (1 << std::min(tries_++, 16)));
  std::uniform_int_distribution<long> anywhere{step.count() / 2, step.count()};
  return std::chrono::milliseconds{anywhere(random)};
}

}  // namespace waybill
