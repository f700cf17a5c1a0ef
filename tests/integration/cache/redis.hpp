// A Redis server of one test: started on a free port, stopped with the object.
#pragma once

#include <string>

#include <sys/types.h>

#include "libs/testing/testing.hpp"

namespace waybill::testing {

class Redis {
 public:
  Redis();
  ~Redis();
  Redis(const Redis&) = delete;
  Redis& operator=(const Redis&) = delete;

  std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }
  void start();
  void stop();
  // Stops answering, while its connections stand.
  void freeze();
  void thaw();
  void command(const char* text);

 private:
  int port_ = 0;
  pid_t pid_ = 0;
};

}  // namespace waybill::testing
