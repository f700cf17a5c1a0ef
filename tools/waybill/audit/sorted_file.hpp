// Lines in order with bounded memory: what does not fit goes to temporary files in sorted runs,
// which are merged when it is read. The files have no name and go with the process.
#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::tool::audit {

// Add lines (without a newline in them), then read them in byte order. Throws std::runtime_error
// when the disk has no room (TMPDIR says where).
class SortedFile {
 public:
  explicit SortedFile(std::size_t memory = 64 << 20);
  ~SortedFile();
  SortedFile(SortedFile&&) noexcept;
  SortedFile(const SortedFile&) = delete;

  void add(std::string line);
  // The next line; false at the end. The first call ends adding.
  bool next(std::string& line);

 private:
  struct Run;

  void spill();
  void start_reading();

  const std::size_t memory_;
  std::size_t used_ = 0;
  std::vector<std::string> lines_;
  std::size_t at_ = 0;  // of lines_, while reading without runs
  std::vector<std::unique_ptr<Run>> runs_;
  bool reading_ = false;
};

// The fields of a line, split at tabs.
std::vector<std::string_view> fields_of(std::string_view line);

}  // namespace waybill::tool::audit
