// The form of a document: type and name into memory, its one file into the store.
#pragma once

#include <map>
#include <string>

#include "services/file/domain/document.hpp"
#include "services/file/uploads/form.hpp"

namespace waybill::file::uploads {

class DocumentForm final : public Form {
 public:
  // `fields`: those that it may have beside the file.
  DocumentForm(Workshop workshop, std::uint64_t most_bytes, std::vector<std::string_view> fields)
      : Form{workshop, fields.size() + 1}, most_bytes_{most_bytes}, known_{std::move(fields)} {}

  // The file without id, its bytes safe, or everything that is wrong with the form. 400 without a
  // file, and where it has to have a name and has none.
  Result<domain::File> file() const;
  // The field's value; nullopt where it was not given.
  std::optional<std::string> field(std::string_view name) const;

 private:
  void begin_part() override;
  async::awaitable<void> take_data(std::string_view bytes) override;
  async::awaitable<void> end_part() override;
  std::string_view label() const override { return "document"; }

  async::awaitable<void> end_file();

  const std::uint64_t most_bytes_;
  const std::vector<std::string_view> known_;
  std::map<std::string, std::string, std::less<>> values_;
  std::optional<domain::File> file_;
  bool is_file_ = false;  // the present part
  std::chrono::steady_clock::time_point begun_;
};

}  // namespace waybill::file::uploads
