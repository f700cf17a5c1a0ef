// What may change while a process runs: files that are looked at once a second. Looking, not being
// told (inotify), because it works on every file system and with links that are swapped, which is
// how mounted secrets change. A file that can't be used leaves what was before in force and says
// so: in the log, in a metric and in readiness, until it can.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/runtime/health.hpp"

namespace waybill::runtime {

class Reload {
 public:
  struct Part {
    std::string name;                // "certificate"
    std::vector<std::string> paths;  // files, or folders with all files below
    // Loads and puts in force, on a thread of its own; an exception refuses what is there.
    std::function<void()> apply;
  };

  // `health` must outlive it.
  Reload(std::vector<Part> parts, Health& health,
         std::chrono::milliseconds interval = std::chrono::seconds{1});
  ~Reload();
  void start();
  // Blocking; nothing is applied afterwards.
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::runtime
