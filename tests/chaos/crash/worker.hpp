// A service's process with the shim in it, in place of the supervised one.
#pragma once

#include <string>

#include <sys/types.h>

#include "tests/chaos/crash/trap.hpp"

namespace waybill::chaos {

class Worker {
 public:
  // Takes the place of the service's first process.
  explicit Worker(std::string service);
  // Gives the place back.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Starts the process if it is not there.
  void revive();
  // The same, and waits until it takes commands.
  void make_ready();
  Trap& trap() { return *trap_; }
  bool is_dead();

 private:
  void start();

  const std::string service_;
  const std::string trap_file_;
  const std::string shim_;
  Trap* trap_ = nullptr;
  pid_t pid_ = 0;
};

}  // namespace waybill::chaos
