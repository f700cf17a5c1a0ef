// The form of a new task: fields into memory, files into the store.
#pragma once

#include <string>
#include <vector>

#include "services/file/domain/media.hpp"
#include "services/file/domain/task.hpp"
#include "services/file/media/picture_size.hpp"
#include "services/file/uploads/form.hpp"

namespace waybill::file::uploads {

struct FormLimits {
  std::size_t parts = 64;
  std::uint64_t bytes = std::uint64_t{2} * 1024 * 1024 * 1024;  // in all
};

class TaskForm final : public Form {
 public:
  TaskForm(Workshop workshop, FormLimits limits) : Form{workshop, limits.parts} {}

  // The same field from the query.
  void give(const std::string& name, std::string value) { fields_.give(name, std::move(value)); }

  // The task without ids, or everything that is wrong with it.
  Result<domain::Task> task() const;
  // Of the fields and the files' digests.
  std::string fingerprint() const;

 private:
  void begin_part() override;
  async::awaitable<void> take_data(std::string_view bytes) override;
  async::awaitable<void> end_part() override;
  std::string_view label() const override { return kind_ ? kind_->name : "form"; }

  void begin_file(const domain::MediaKind& kind);
  async::awaitable<void> end_file();
  void check_type(const std::string& found);
  void check_pixels(std::string_view bytes);

  domain::TaskFields fields_;
  std::vector<domain::File> files_;
  // The present part.
  const domain::MediaKind* kind_ = nullptr;  // of a file
  bool is_empty_ = true;
  media::PictureSize picture_;
  std::chrono::steady_clock::time_point begun_;
};

}  // namespace waybill::file::uploads
