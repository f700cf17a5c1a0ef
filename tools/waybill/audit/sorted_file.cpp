#include "tools/waybill/audit/sorted_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include <unistd.h>

namespace waybill::tool::audit {
namespace {

constexpr std::size_t kOverhead = 40;  // of a line in memory, beside its text

std::FILE* unnamed_file() {
  const char* folder = std::getenv("TMPDIR");
  std::string path = std::string{folder ? folder : "/tmp"} + "/waybill-audit.XXXXXX";
  const int fd = ::mkstemp(path.data());
  std::FILE* file = fd < 0 ? nullptr : ::fdopen(fd, "w+");
  if (file == nullptr) throw std::runtime_error{path + ": no temporary file can be made"};
  ::unlink(path.c_str());
  return file;
}

}  // namespace

struct SortedFile::Run {
  std::FILE* file = unnamed_file();
  std::string line;
  bool ended = false;

  Run() = default;
  ~Run() { std::fclose(file); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void write(const std::vector<std::string>& lines) {
    for (const std::string& text : lines) {
      std::fwrite(text.data(), 1, text.size(), file);
      std::fputc('\n', file);
    }
    if (std::fflush(file) != 0 || std::ferror(file) != 0) {
      throw std::runtime_error{"the temporary files of the audit don't fit (TMPDIR)"};
    }
  }

  void advance() {
    line.clear();
    for (int c = ::getc_unlocked(file); c != '\n'; c = ::getc_unlocked(file)) {
      if (c == EOF) {
        ended = true;
        return;
      }
      line += static_cast<char>(c);
    }
  }
};

SortedFile::SortedFile(std::size_t memory) : memory_{memory} {}
SortedFile::~SortedFile() = default;
SortedFile::SortedFile(SortedFile&&) noexcept = default;

void SortedFile::add(std::string line) {
  if (reading_) throw std::logic_error{"a sorted file that is being read takes no more"};
  used_ += line.size() + kOverhead;
  lines_.push_back(std::move(line));
  if (used_ > memory_) spill();
}

void SortedFile::spill() {
  std::sort(lines_.begin(), lines_.end());
  runs_.push_back(std::make_unique<Run>());
  runs_.back()->write(lines_);
  lines_.clear();
  used_ = 0;
}

void SortedFile::start_reading() {
  reading_ = true;
  if (runs_.empty()) {
    std::sort(lines_.begin(), lines_.end());
    return;
  }
  spill();
  lines_.shrink_to_fit();
  for (const auto& run : runs_) {
    std::rewind(run->file);
    run->advance();
  }
}

bool SortedFile::next(std::string& line) {
  if (!reading_) start_reading();
  if (runs_.empty()) {
    if (at_ == lines_.size()) return false;
    line = lines_[at_++];
    return true;
  }
  Run* first = nullptr;
  for (const auto& run : runs_) {
    if (!run->ended && (first == nullptr || run->line < first->line)) first = run.get();
  }
  if (first == nullptr) return false;
  line = first->line;
  first->advance();
  return true;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

}  // namespace waybill::tool::audit
