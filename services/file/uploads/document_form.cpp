#include "services/file/uploads/document_form.hpp"

#include <algorithm>

namespace waybill::file::uploads {
namespace {

constexpr std::string_view kFile = "file";
constexpr std::size_t kLongestValue = 4 * 1024;

}  // namespace

void DocumentForm::begin_part() {
  is_file_ = part_.name == kFile;
  if (!is_file_) {
    const bool known = std::find(known_.begin(), known_.end(), part_.name) != known_.end();
    if (!known) return refuse_field("is not known here");
    if (part_.file_name) return refuse_field("is a field, not a file");
    if (values_.contains(part_.name)) refuse_field("is given twice");
    return;
  }
  begun_ = std::chrono::steady_clock::now();
  const std::string_view wrong = domain::wrong_file_name(part_.file_name.value_or(""));
  if (!wrong.empty()) {
    count_rejected(label(), "name");
    refuse_field(wrong);
  } else if (file_) {
    refuse(too_large(kFile, 1, "files"), "count");
  } else if (!fault_) {
    receiver_ = std::make_unique<Receiver>(workshop_);
  }
}

async::awaitable<void> DocumentForm::take_data(std::string_view bytes) {
  if (!is_file_) {
    if (value_.size() <= kLongestValue) value_ += bytes;
    co_return;
  }
  if (!receiver_) co_return;
  if (receiver_->size() + bytes.size() > most_bytes_) {
    refuse(too_large(kFile, most_bytes_, "bytes"), "size");
    co_return;
  }
  co_await receiver_->write(bytes);
}

async::awaitable<void> DocumentForm::end_part() {
  if (is_file_) {
    co_await end_file();
  } else {
    values_.emplace(part_.name, std::move(value_));
  }
}

async::awaitable<void> DocumentForm::end_file() {
  if (!receiver_) co_return;
  const Received received = co_await receiver_->finish();
  co_await receiver_->keep();
  receiver_.reset();
  file_ = to_file(received, part_.file_name.value_or(""));
  count_received(label(), received.size, std::chrono::steady_clock::now() - begun_);
}

Result<domain::File> DocumentForm::file() const {
  if (is_malformed()) return *fault_;
  boost::json::array errors = errors_;
  if (!file_ && !fault_) errors.push_back(domain::field_error(kFile, "is required"));
  if (!fault_ && errors.empty()) return *file_;
  Fault fault = fault_.value_or(invalid("The form does not fit the contract."));
  fault.members["errors"] = std::move(errors);
  return fault;
}

std::optional<std::string> DocumentForm::field(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

}  // namespace waybill::file::uploads
