#include "services/file/domain/task.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include <fmt/format.h>

#include "libs/core/utf8.hpp"

namespace waybill::file::domain {
namespace {

constexpr std::size_t kLongestText = 64 * 1024;
constexpr std::size_t kLongestWord = 64;
constexpr std::size_t kLongestName = 255;
constexpr int kHighestNumber = 30;

constexpr std::array<std::string_view, 6> kFields{"exam",      "subject", "exam_task_number",
                                                  "condition", "answer",  "difficult"};
constexpr std::array<std::string_view, 2> kExams{"ege", "oge"};
constexpr std::array<std::string_view, 3> kDifficulties{"easy", "medium", "hard"};
constexpr std::array<std::string_view, 14> kSubjects{
    "math",    "informatics", "russian", "english",   "german", "french",     "spanish",
    "physics", "chemistry",   "biology", "geography", "social", "literature", "history"};

bool is_text_field(std::string_view name) {
  return name == "condition" || name == "answer";
}

std::string choice(std::span<const std::string_view> words) {
  return fmt::format("must be one of {}", fmt::join(words, ", "));
}

bool is_one_of(const std::string& value, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), value) != words.end();
}

// U+202A…202E and U+2066…2069: "gpj.exe" can look like "exe.jpg" by them.
bool turns_around(std::string_view text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] != '\xe2') continue;
    const char second = text[i + 1], third = text[i + 2];
    if (second == '\x80' && third >= '\xaa' && third <= '\xae') return true;
    if (second == '\x81' && third >= '\xa6' && third <= '\xa9') return true;
  }
  return false;
}

}  // namespace

std::vector<Id> files_of(const Task& task, std::string_view kind) {
  std::vector<Id> ids;
  for (const File& file : task.files) {
    if (file.kind == kind) ids.push_back(file.id);
  }
  return ids;
}

bool TaskFields::is_field(std::string_view name) {
  return std::find(kFields.begin(), kFields.end(), name) != kFields.end();
}

std::size_t TaskFields::most_bytes(std::string_view name) {
  return is_text_field(name) ? kLongestText : kLongestWord;
}

void TaskFields::give(const std::string& name, std::string value) {
  const auto [place, is_new] = values_.try_emplace(name, std::move(value));
  if (!is_new && place->second != value) contradictions_.push_back(name);
}

void TaskFields::fill(Task& task, boost::json::array& errors) const {
  const auto read = [&](const char* name, std::string& target) {
    const auto found = values_.find(name);
    if (found == values_.end()) {
      errors.push_back(field_error(name, "is required"));
      return false;
    }
    target = found->second;
    return true;
  };
  const auto read_word = [&](const char* name, std::string& target,
                             std::span<const std::string_view> words) {
    if (read(name, target) && !is_one_of(target, words)) {
      errors.push_back(field_error(name, choice(words)));
    }
  };
  const auto read_text = [&](const char* name, std::string& target) {
    if (!read(name, target)) return;
    const bool is_text = is_utf8(target) && target.find('\0') == std::string::npos;
    if (target.size() > kLongestText) errors.push_back(field_error(name, "has 64 KiB at most"));
    if (!is_text) errors.push_back(field_error(name, "must be UTF-8 without NUL"));
  };
  read_word("exam", task.exam, kExams);
  read_word("subject", task.subject, kSubjects);
  read_word("difficult", task.difficult, kDifficulties);
  read_text("condition", task.condition);
  read_text("answer", task.answer);
  std::string number;
  if (read("exam_task_number", number)) {
    const char* last = number.data() + number.size();
    const auto [end, error] = std::from_chars(number.data(), last, task.exam_task_number);
    const bool is_number = error == std::errc{} && end == last;
    if (!is_number || task.exam_task_number < 1 || task.exam_task_number > kHighestNumber) {
      errors.push_back(field_error("exam_task_number", "must be a whole number from 1 to 30"));
    }
  }
  for (const std::string& name : contradictions_) {
    errors.push_back(field_error(name, "is given twice with different values"));
  }
}

std::string TaskFields::fingerprint() const {
  std::string text;
  for (const auto& [name, value] : values_) {
    text += fmt::format("{}:{}:{}\n", name, value.size(), value);
  }
  return text;
}

boost::json::object field_error(std::string_view field, std::string_view message) {
  return {{"field", field}, {"message", message}};
}

std::string_view wrong_file_name(std::string_view name) {
  const bool has_control = std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (name.empty()) return "a file needs a name";
  if (name.size() > kLongestName) return "a file's name has 255 bytes at most";
  if (has_control || !is_utf8(name)) return "a file's name is UTF-8 without control characters";
  if (name == "." || name == ".." || name.find_first_of("/\\") != std::string_view::npos) {
    return "a file's name is no path";
  }
  if (turns_around(name)) return "a file's name must not turn the direction of writing around";
  return {};
}

}  // namespace waybill::file::domain
