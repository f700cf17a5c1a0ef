// Reads the form of a new task: fields into memory, files into the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/web/http.hpp"
#include "libs/web/multipart.hpp"
#include "services/file/domain/media.hpp"
#include "services/file/domain/task.hpp"
#include "services/file/uploads/receiver.hpp"

namespace waybill::file::uploads {

struct FormLimits {
  std::size_t parts = 64;
  std::uint64_t bytes = std::uint64_t{2} * 1024 * 1024 * 1024;  // in all
};

class TaskForm {
 public:
  TaskForm(Workshop workshop, FormLimits limits) : workshop_{workshop}, limits_{limits} {}

  // Reads it all. What is wrong is collected, not thrown: the rest is still looked at, though not
  // stored any more, and only for a while. Throws BodyBroken and what Receiver throws.
  async::awaitable<void> read(web::BodySource& source, std::string boundary);
  // The same field from the query.
  void give(const std::string& name, std::string value) { fields_.give(name, std::move(value)); }

  // The task without ids, or everything that is wrong with it.
  Result<domain::Task> task() const;
  // Of the fields and the files' digests.
  std::string fingerprint() const;

 private:
  async::awaitable<bool> take_events(web::MultipartParser& parser);
  void begin_part(const web::Part& part);
  void begin_file(const web::Part& part, const domain::MediaKind& kind);
  async::awaitable<void> take_data(std::string_view bytes);
  async::awaitable<void> end_part();
  async::awaitable<void> end_file();
  void check_type(const std::string& found);
  void refuse(Fault fault, std::string_view reason);
  void refuse_field(std::string_view message);

  const Workshop workshop_;
  const FormLimits limits_;
  domain::TaskFields fields_;
  std::vector<domain::File> files_;
  // The present part.
  web::Part part_;
  const domain::MediaKind* kind_ = nullptr;  // of a file
  std::string value_;                        // of a field
  bool is_empty_ = true;
  std::unique_ptr<Receiver> receiver_;  // nullptr: what comes is dropped
  std::chrono::steady_clock::time_point begun_;
  // What is wrong.
  std::optional<Fault> fault_;
  boost::json::array errors_;
};

}  // namespace waybill::file::uploads
