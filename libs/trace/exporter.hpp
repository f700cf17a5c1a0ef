// Takes finished spans and sends them, some at a time, from a thread of its own.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "libs/trace/otlp.hpp"

namespace waybill::trace {

class Exporter {
 public:
  Exporter(std::string service, std::string receiver);
  // Sends what is waiting, once.
  ~Exporter();
  // Never blocks; beyond what may wait the span is dropped.
  void take(Finished span);

 private:
  void run(const std::stop_token& stop);
  bool send(const std::vector<Finished>& spans);

  const std::string service_;
  const std::string receiver_;
  std::mutex mutex_;
  std::condition_variable_any arrived_;
  std::vector<Finished> waiting_;  // guarded by mutex_
  bool was_away_ = false;          // the thread's
  std::jthread thread_;            // last: it uses all of the above
};

}  // namespace waybill::trace
