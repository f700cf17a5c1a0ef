#include "tools/waybill/interrupt.hpp"

#include <csignal>

namespace waybill::tool {
namespace {

std::atomic<bool> flag{false};
std::atomic<bool> pause_flag{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void raise_flag(int) {
  flag = true;
}
void pause(int) {
  pause_flag = true;
}
void go_on(int) {
  pause_flag = false;
}

}  // namespace

const std::atomic<bool>& interrupted() {
  std::signal(SIGINT, raise_flag);
  std::signal(SIGTERM, raise_flag);
  return flag;
}

const std::atomic<bool>& paused() {
  std::signal(SIGUSR1, pause);
  std::signal(SIGUSR2, go_on);
  return pause_flag;
}

}  // namespace waybill::tool
