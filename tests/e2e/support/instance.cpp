#include "tests/e2e/support/instance.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libs/testing/testing.hpp"
#include "tests/e2e/support/http.hpp"

namespace waybill::e2e {
namespace {

using testing::eventually;

std::string platform(const std::string& arguments) {
  return "deploy/local/platform.sh " + instance() + " " + arguments;
}

// "order" for the supervisor's names order, order:order_00 and order-1.
std::string program_of(const std::string& process) {
  std::string name = process.substr(0, process.find(':'));
  const std::size_t digits = name.find_last_not_of("0123456789");
  if (digits != std::string::npos && digits + 1 < name.size() &&
      (name[digits] == '-' || name[digits] == '_')) {
    name.resize(digits);
  }
  return name;
}

// Gone, or a zombie that nobody has reaped yet.
bool is_gone(pid_t pid) {
  std::ifstream in{fmt::format("/proc/{}/stat", pid)};
  std::string stat;
  if (!std::getline(in, stat)) return true;
  return stat.compare(stat.rfind(')') + 2, 1, "Z") == 0;
}

// All that it says goes to `out`. It gets none of our sockets: a connection that somebody else
// still holds does not end when we close it.
pid_t start_shell(const std::string& command, int out) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  std::string shell = "sh", flag = "-c", text = command;
  const std::array<char*, 4> words{shell.data(), flag.data(), text.data(), nullptr};
  pid_t pid = -1;
  if (::posix_spawn(&pid, "/bin/sh", &actions, nullptr, words.data(), environ) != 0) pid = -1;
  ::posix_spawn_file_actions_destroy(&actions);
  return pid;
}

}  // namespace

std::string run(const std::string& command) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error{"no pipe for " + command};
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out{::fdopen(ends[0], "r"), &std::fclose};
  const pid_t pid = start_shell(command, ends[1]);
  ::close(ends[1]);
  if (pid < 0) throw std::runtime_error{"can't run " + command};
  std::string output;
  std::array<char, 4096> buffer;
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), out.get())) {
    output.append(buffer.data(), size);
  }
  int status = -1;
  ::waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error{command + ": " + output};
  return output;
}

std::string instance() {
  return testing::environment("WAYBILL_INSTANCE");
}

std::filesystem::path instance_folder() {
  return std::filesystem::path{testing::environment("WAYBILL_PASSWORD_FILE")}.parent_path();
}

std::vector<pid_t> pids_of(const std::string& program) {
  // supervisorctl's exit code is 3 when any process is not running.
  std::istringstream lines{run(platform("ctl status") + " || true")};
  std::vector<pid_t> pids;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t pid = line.find(" pid ");
    if (pid == std::string::npos || line.find("RUNNING") == std::string::npos) continue;
    if (program_of(line.substr(0, line.find(' '))) != program) continue;
    pids.push_back(static_cast<pid_t>(std::stol(line.substr(pid + 5))));
  }
  return pids;
}

void kill_hard(const std::vector<pid_t>& pids) {
  for (const pid_t pid : pids) ::kill(pid, SIGKILL);
  for (const pid_t pid : pids) {
    if (!eventually(seconds{10}, [pid] { return is_gone(pid); })) {
      throw std::runtime_error{fmt::format("process {} does not die", pid)};
    }
  }
}

Stopped::Stopped(std::string server) : server_{std::move(server)} {
  run(platform("ctl stop " + server_));
}

Stopped::~Stopped() {
  run(platform("ctl start " + server_) + " || true");
  eventually(seconds{240}, is_ready);
}

WithSettings::WithSettings(const std::string& settings) {
  run(platform("set " + settings));
  run(platform("services-up"));
}

WithSettings::~WithSettings() {
  run(platform("set") + " && " + platform("services-up") + " || true");
  eventually(seconds{60}, is_ready);
}

bool is_ready() {
  return get("/v1/health/ready").member("status") == "ready";
}

}  // namespace waybill::e2e
