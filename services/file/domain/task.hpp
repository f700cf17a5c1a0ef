// A study task: condition, answer and media, looked up by a short code. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "libs/core/clock.hpp"
#include "libs/core/fault.hpp"
#include "libs/core/id.hpp"

namespace waybill::file::domain {

struct File {
  Id id;
  std::string kind;  // of a task's media: sound, file, photo, video
  std::string sha256;
  std::int64_t size = 0;  // bytes
  std::string content_type;
  std::string file_name;
};

struct Task {
  Id id;
  std::string exam;
  std::string subject;
  int exam_task_number = 0;
  std::string difficult;
  std::string condition;
  std::string answer;
  std::string find_code;
  std::optional<Id> created_by;
  Instant created_at;
  std::int64_t version = 1;
  bool deleted = false;
  std::vector<File> files;  // of each kind in the order of upload
};

// The ids of one kind's files, in the order of upload.
std::vector<Id> files_of(const Task& task, std::string_view kind);

// The scalar fields of a new task, as text from a form or a query.
class TaskFields {
 public:
  static bool is_field(std::string_view name);
  // A field given twice must have the same value. 400 otherwise.
  void give(const std::string& name, std::string value);
  // The longest value that makes sense, in bytes.
  static std::size_t most_bytes(std::string_view name);

  // Fills the task; everything that is missing or wrong is added to `errors`, by field.
  void fill(Task& task, boost::json::array& errors) const;
  // All of them in a fixed order, for the fingerprint of a request.
  std::string fingerprint() const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> contradictions_;
};

// An entry of `errors` in a problem document.
boost::json::object field_error(std::string_view field, std::string_view message);

// Empty: a name that may be stored and told again. Otherwise why not: control characters, paths,
// characters that turn the direction of writing around, more than 255 bytes.
std::string_view wrong_file_name(std::string_view name);

}  // namespace waybill::file::domain
