// Breaks what a plan says, and mends it again.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/chaos/gates.hpp"
#include "tests/chaos/plan.hpp"

namespace waybill::chaos {

class Breaker {
 public:
  explicit Breaker(Gates& gates) : gates_{gates} {}

  // Returns when the fault is over: what was broken takes connections again.
  void run(const Fault& fault);

 private:
  void break_link(const Fault& fault);
  void break_service(const Fault& fault);
  void break_server(const Fault& fault);

  Gates& gates_;
};

// "deploy/local/platform.sh chaos …": its output.
std::string platform(const std::string& arguments);

// Stops a server of the platform, and starts it again; returns when it takes connections. Throws
// std::runtime_error when it does not within two minutes.
void stop_server(const std::string& server);
void start_server(const std::string& server);

// Of a service or server; waits for the first one up to a minute, then throws std::runtime_error.
std::vector<pid_t> running(const std::string& program);

// "127.0.0.1:26672": where a server listens itself.
std::string address_of(const std::string& server);

}  // namespace waybill::chaos
