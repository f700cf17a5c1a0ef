// Preloaded into a process (LD_PRELOAD): counts its calls that send or store something, and kills
// it before or after one of them; and lets its wall clock jump.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/chaos/crash/trap.hpp"

namespace waybill::chaos {
namespace {

Trap* open_trap() {
  const char* path = std::getenv(kTrapVariable);
  const int file = path ? ::open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return nullptr;
  void* memory = ::mmap(nullptr, sizeof(Trap), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  return memory == MAP_FAILED ? nullptr : static_cast<Trap*>(memory);
}

Trap* const trap = open_trap();

// Counts a call; true: this is the one.
bool is_it() {
  if (!trap || trap->at == 0) return false;
  return ++trap->calls == trap->at;
}

std::uint16_t peer_of(int file) {
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  if (::getpeername(file, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return 0;
  return peer.sin_family == AF_INET ? ntohs(peer.sin_port) : 0;
}

void die(const char* call, int file) {
  std::snprintf(trap->call.data(), trap->call.size(), "%s", call);
  trap->port = peer_of(file);
  trap->at = 0;
  trap->sprung = true;
  ::raise(SIGKILL);
}

// Of<&::send>("send", …): the next library's function, with the trap around it.
template <auto Function, class... Args>
auto watched(const char* call, int file, Args... args) {
  static const auto real = reinterpret_cast<decltype(Function)>(::dlsym(RTLD_NEXT, call));
  const bool here = is_it();
  if (here && !trap->after) die(call, file);
  const auto result = real(file, args...);
  if (here) die(call, file);
  return result;
}

std::time_t ahead() {
  return trap ? trap->ahead.load() : 0;
}

}  // namespace
}  // namespace waybill::chaos

using waybill::chaos::ahead;
using waybill::chaos::watched;

extern "C" {

ssize_t write(int file, const void* data, size_t size) {
  return watched<&::write>("write", file, data, size);
}
ssize_t writev(int file, const iovec* parts, int count) {
  return watched<&::writev>("writev", file, parts, count);
}
ssize_t pwrite(int file, const void* data, size_t size, off_t at) {
  return watched<&::pwrite>("pwrite", file, data, size, at);
}
ssize_t send(int file, const void* data, size_t size, int flags) {
  return watched<&::send>("send", file, data, size, flags);
}
ssize_t sendto(int file, const void* data, size_t size, int flags, const sockaddr* to,
               socklen_t length) {
  return watched<&::sendto>("sendto", file, data, size, flags, to, length);
}
ssize_t sendmsg(int file, const msghdr* message, int flags) {
  return watched<&::sendmsg>("sendmsg", file, message, flags);
}
int fsync(int file) {
  return watched<&::fsync>("fsync", file);
}
int fdatasync(int file) {
  return watched<&::fdatasync>("fdatasync", file);
}

// The steady clocks do not jump, and timeouts are theirs.
int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static const auto real =
      reinterpret_cast<decltype(&::clock_gettime)>(::dlsym(RTLD_NEXT, "clock_gettime"));
  const int result = real(clock, time);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) time->tv_sec += ahead();
  return result;
}
int gettimeofday(timeval* time, void* zone) noexcept {
  static const auto real =
      reinterpret_cast<decltype(&::gettimeofday)>(::dlsym(RTLD_NEXT, "gettimeofday"));
  const int result = real(time, zone);
  time->tv_sec += ahead();
  return result;
}
time_t time(time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
