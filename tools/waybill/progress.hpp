// How far a long job is: one line that rewrites itself on a terminal, a line every few seconds
// elsewhere. Writes to standard error.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace waybill::tool {

class Progress {
 public:
  // "orders 120/137 412/s ETA 1 s"; `quiet` prints nothing.
  Progress(std::string what, std::int64_t total, bool quiet);
  ~Progress();  // ends the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `rows` of the files were dealt with by this step.
  void step(std::int64_t rows = 0);

 private:
  using Clock = std::chrono::steady_clock;

  void print(Clock::time_point at);

  std::string what_;
  std::int64_t total_;
  std::int64_t done_ = 0;
  std::int64_t rows_ = 0;
  bool quiet_;
  bool terminal_;
  Clock::time_point started_ = Clock::now();
  Clock::time_point next_print_ = started_;
};

// "ETA 1 min 20 s"; pure, for tests.
std::string format_progress(const std::string& what, std::int64_t done, std::int64_t total,
                            std::int64_t rows, std::chrono::milliseconds elapsed);

}  // namespace waybill::tool
