#include "tests/bench/cpu.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include "tests/e2e/support/instance.hpp"

namespace waybill::bench {
namespace {

struct Process {
  pid_t pid = 0;
  pid_t parent = 0;
  std::string program;
  double seconds = 0;  // its own and those of the children that it waited for
};

// The kernel keeps 15 characters of the name; the command line has the whole.
std::string whole_name(const std::filesystem::path& folder, const std::string& name) {
  std::ifstream in{folder / "cmdline"};
  std::string command;
  std::getline(in, command, '\0');
  const std::string program = command.substr(command.rfind('/') + 1);
  return program.starts_with(name) ? program.substr(0, program.find_first_of(" :")) : name;
}

// proc(5): pid (comm) state ppid … utime(14) stime(15) cutime(16) cstime(17)
std::optional<Process> read_process(const std::filesystem::path& folder) {
  std::ifstream in{folder / "stat"};
  std::string stat;
  if (!std::getline(in, stat)) return std::nullopt;
  const std::size_t open = stat.find('(');
  const std::size_t close = stat.rfind(')');
  Process process;
  process.pid = static_cast<pid_t>(std::stol(stat));
  process.program = whole_name(folder, stat.substr(open + 1, close - open - 1));
  std::istringstream rest{stat.substr(close + 2)};
  std::vector<std::string> fields;
  for (std::string field; rest >> field;) fields.push_back(field);
  process.parent = static_cast<pid_t>(std::stol(fields.at(1)));
  for (const std::size_t at : {11, 12, 13, 14}) process.seconds += std::stod(fields.at(at));
  process.seconds /= static_cast<double>(sysconf(_SC_CLK_TCK));
  return process;
}

std::vector<Process> all_processes() {
  std::vector<Process> processes;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (auto process = read_process(entry.path())) processes.push_back(std::move(*process));
  }
  return processes;
}

}  // namespace

pid_t find_supervisor() {
  const std::string answer = e2e::run("deploy/local/platform.sh " + e2e::instance() + " ctl pid");
  return static_cast<pid_t>(std::stol(answer));
}

CpuSeconds cpu_of_tree(pid_t root) {
  const auto processes = all_processes();
  std::multimap<pid_t, const Process*> children;
  CpuSeconds cpu;
  for (const Process& process : processes) children.emplace(process.parent, &process);
  std::vector<pid_t> open{root};
  while (!open.empty()) {
    const pid_t parent = open.back();
    open.pop_back();
    const auto [first, last] = children.equal_range(parent);
    for (auto child = first; child != last; ++child) {
      cpu[child->second->program] += child->second->seconds;
      open.push_back(child->second->pid);
    }
  }
  return cpu;
}

CpuSeconds difference(const CpuSeconds& a, const CpuSeconds& b) {
  CpuSeconds result = b;
  for (const auto& [program, seconds] : a) result[program] -= seconds;
  return result;
}

double total(const CpuSeconds& cpu) {
  double sum = 0;
  for (const auto& [program, seconds] : cpu) sum += seconds;
  return sum;
}

double own_cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto to_seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return to_seconds(usage.ru_utime) + to_seconds(usage.ru_stime);
}

}  // namespace waybill::bench
