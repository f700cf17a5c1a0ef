#include "tools/waybill/progress.hpp"

#include <cstdio>

#include <unistd.h>

namespace waybill::tool {
namespace {

constexpr std::chrono::milliseconds kBetweenUpdates{100};
constexpr std::chrono::seconds kBetweenLines{3};

std::string format_duration(std::int64_t seconds) {
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
}

}  // namespace

std::string format_progress(const std::string& what, std::int64_t done, std::int64_t total,
                            std::int64_t rows, std::chrono::milliseconds elapsed) {
  std::string line = fmt::format("{} {}/{}", what, done, total);
  if (rows > 0) line += fmt::format(", {} rows", rows);
  if (done == 0 || elapsed.count() <= 0) return line;
  const double rate = 1000.0 * static_cast<double>(done) / static_cast<double>(elapsed.count());
  line += fmt::format(", {:.0f}/s", rate);
  if (done < total) {
    line += ", ETA " + format_duration(static_cast<std::int64_t>(
                           static_cast<double>(total - done) / rate + 0.999));
  }
  return line;
}

Progress::Progress(std::string what, std::int64_t total, bool quiet)
    : what_{std::move(what)}, total_{total}, quiet_{quiet}, terminal_{isatty(STDERR_FILENO) == 1} {
  if (!terminal_) next_print_ += kBetweenLines;
}

Progress::~Progress() {
  if (quiet_ || total_ == 0) return;
  print(Clock::now());
  if (terminal_) std::fputs("\n", stderr);
}

void Progress::step(std::int64_t rows) {
  ++done_;
  rows_ += rows;
  const auto at = Clock::now();
  if (quiet_ || at < next_print_) return;
  print(at);
  next_print_ =
      at + (terminal_ ? Clock::duration{kBetweenUpdates} : Clock::duration{kBetweenLines});
}

void Progress::print(Clock::time_point at) {
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(at - started_);
  const std::string line = format_progress(what_, done_, total_, rows_, elapsed);
  std::fputs((terminal_ ? "\r\033[K" + line : line + "\n").c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace waybill::tool
