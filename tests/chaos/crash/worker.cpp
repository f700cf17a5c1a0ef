#include "tests/chaos/crash/worker.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <grp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libs/testing/testing.hpp"
#include "tests/chaos/breaker.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"

namespace waybill::chaos {
namespace {

namespace fs = std::filesystem;

Trap* map_trap(const std::string& path) {
  std::ofstream{path} << std::string(sizeof(Trap), '\0');
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  void* memory = ::mmap(nullptr, sizeof(Trap), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  if (memory == MAP_FAILED) throw std::runtime_error{"can't map " + path};
  return static_cast<Trap*>(memory);
}

// Where the instance keeps the service's start script.
fs::path folder_of(const std::string& service) {
  return fs::path{testing::environment("WAYBILL_PASSWORD_FILE")}.parent_path() / "services" /
         service;
}

// Takes commands. (Its projection may have to wait until Kafka has noticed that the member before
// it is dead; that is no reason to wait.)
bool takes_commands(const std::string& service) {
  std::string variable = "WAYBILL_OPS_" + service;
  std::transform(variable.begin(), variable.end(), variable.begin(), ::toupper);
  return e2e::run("curl -s -m 2 http://" + testing::environment(variable) + "/health/ready || true")
             .find(R"("name":"rabbitmq","ok":true)") != std::string::npos;
}

// The servers' user: only processes of one user may listen on the same port.
struct stat owner_of(const fs::path& folder) {
  struct stat owner {};
  if (::stat(folder.c_str(), &owner) != 0) throw std::runtime_error{"no folder " + folder.string()};
  return owner;
}

}  // namespace

Worker::Worker(std::string service)
    : service_{std::move(service)},
      trap_file_{fs::temp_directory_path() / e2e::unique("trap")},
      shim_{trap_file_ + ".so"},
      trap_{map_trap(trap_file_)} {
  // The servers' user need not reach the checkout.
  fs::copy_file(WAYBILL_SHIM, shim_);
  const struct stat owner = owner_of(folder_of(service_));
  if (::geteuid() == 0 && ::chown(trap_file_.c_str(), owner.st_uid, owner.st_gid) != 0) {
    throw std::runtime_error{"can't give away " + trap_file_};
  }
  platform("ctl stop " + service_ + "-0");
}

Worker::~Worker() {
  if (!is_dead()) {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  ::munmap(trap_, sizeof(Trap));
  fs::remove(trap_file_);
  fs::remove(shim_);
  e2e::run("deploy/local/platform.sh " + e2e::instance() + " ctl start " + service_ + "-0 || true");
}

void Worker::revive() {
  if (is_dead()) start();
}

void Worker::make_ready() {
  // It may be about to die when we look for the first time.
  const auto is_ready = [this] {
    revive();
    return takes_commands(service_);
  };
  if (!testing::eventually(seconds{60}, is_ready)) {
    throw std::runtime_error{service_ + " does not take commands"};
  }
}

bool Worker::is_dead() {
  if (pid_ != 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = 0;
  return pid_ == 0;
}

void Worker::start() {
  const fs::path folder = folder_of(service_);
  const std::string script = folder / "start.sh";
  const struct stat owner = owner_of(folder);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error{"can't fork"};
  if (pid_ > 0) return;
  ::setenv(kTrapVariable, trap_file_.c_str(), 1);
  ::setenv("LD_PRELOAD", shim_.c_str(), 1);
  // None of our sockets: a connection that somebody else still holds open does not end.
  ::close_range(3, ~0U, 0);
  const bool is_user =
      ::geteuid() != 0 ||
      (::setgroups(0, nullptr) == 0 && ::setgid(owner.st_gid) == 0 && ::setuid(owner.st_uid) == 0);
  if (is_user && ::chdir(folder.c_str()) == 0)
    ::execl(script.c_str(), script.c_str(), "0", nullptr);
  ::_exit(127);
}

}  // namespace waybill::chaos
