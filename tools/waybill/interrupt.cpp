#include "tools/waybill/interrupt.hpp"

#include <csignal>

namespace waybill::tool {
namespace {

std::atomic<bool> flag{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void raise_flag(int) {
  flag = true;
}

}  // namespace

const std::atomic<bool>& interrupted() {
  std::signal(SIGINT, raise_flag);
  std::signal(SIGTERM, raise_flag);
  return flag;
}

}  // namespace waybill::tool
