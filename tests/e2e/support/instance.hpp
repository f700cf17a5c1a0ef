// The running instance as its operator handles it: processes, kills, stops. Goes through
// deploy/local/platform.sh, so tests must run from the project's root.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace waybill::e2e {

// The output of a command; throws std::runtime_error with it when the command fails.
std::string run(const std::string& command);

// "test", from WAYBILL_INSTANCE.
std::string instance();

// Where its logs, data and settings are: the folder of the operator's password.
std::filesystem::path instance_folder();

// pids of a service's processes ("order": all of them) or of a server ("kafka").
std::vector<pid_t> pids_of(const std::string& program);

// SIGKILL; returns when the processes are really gone. The supervisor starts them again.
void kill_hard(const std::vector<pid_t>& pids);

// Stopped for as long as it lives, then started and ready again.
class Stopped {
 public:
  explicit Stopped(std::string server);
  ~Stopped();
  Stopped(const Stopped&) = delete;
  Stopped& operator=(const Stopped&) = delete;

 private:
  std::string server_;
};

// All services with other settings ("WAYBILL_ACCESS_MODE=open …") for as long as it lives: each is
// restarted twice.
class WithSettings {
 public:
  explicit WithSettings(const std::string& settings);
  ~WithSettings();
  WithSettings(const WithSettings&) = delete;
  WithSettings& operator=(const WithSettings&) = delete;
};

// Every service's and the gateway's readiness says yes.
bool is_ready();

}  // namespace waybill::e2e
