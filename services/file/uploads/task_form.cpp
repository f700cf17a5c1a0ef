#include "services/file/uploads/task_form.hpp"

namespace waybill::file::uploads {
namespace {

namespace json = boost::json;

}  // namespace

void TaskForm::begin_part() {
  kind_ = domain::find_kind_of_part(part_.name);
  is_empty_ = true;
  picture_ = {};
  if (kind_) {
    begin_file(*kind_);
  } else if (!domain::TaskFields::is_field(part_.name)) {
    refuse_field("is not known here");
  } else if (part_.file_name) {
    refuse_field("is a field, not a file");
  }
}

void TaskForm::begin_file(const domain::MediaKind& kind) {
  begun_ = std::chrono::steady_clock::now();
  const auto before = std::count_if(files_.begin(), files_.end(), [&](const domain::File& file) {
    return file.kind == kind.name;
  });
  const std::string_view wrong = domain::wrong_file_name(part_.file_name.value_or(""));
  if (!wrong.empty()) {
    count_rejected(kind.name, "name");
    refuse_field(wrong);
  } else if (static_cast<std::size_t>(before) >= kind.most) {
    refuse(too_large(kind.part, kind.most, "files"), "count");
  } else if (!fault_) {
    receiver_ = std::make_unique<Receiver>(workshop_);
  }
}

async::awaitable<void> TaskForm::take_data(std::string_view bytes) {
  if (!kind_) {
    if (value_.size() <= domain::TaskFields::most_bytes(part_.name)) value_ += bytes;
    co_return;
  }
  is_empty_ = false;
  if (!receiver_) co_return;
  if (receiver_->size() + bytes.size() > kind_->most_bytes) {
    refuse(too_large(kind_->part, kind_->most_bytes, "bytes"), "size");
    co_return;
  }
  if (kind_->most_pixels > 0) check_pixels(bytes);
  if (!receiver_) co_return;
  co_await receiver_->write(bytes);
  if (!receiver_->certain_type().empty()) check_type(receiver_->certain_type());
}

void TaskForm::check_pixels(std::string_view bytes) {
  picture_.take(bytes);
  if (picture_.pixels().value_or(0) <= kind_->most_pixels) return;
  refuse(too_large(kind_->part, kind_->most_pixels, "pixels"), "pixels");
}

async::awaitable<void> TaskForm::end_part() {
  if (kind_) {
    co_await end_file();
  } else if (domain::TaskFields::is_field(part_.name)) {
    fields_.give(part_.name, std::move(value_));
  }
}

async::awaitable<void> TaskForm::end_file() {
  if (is_empty_) {
    count_rejected(kind_->name, "empty");
    refuse_field("a file must not be empty");
    co_return;
  }
  if (!receiver_) co_return;
  const Received received = co_await receiver_->finish();
  check_type(received.type);
  if (!receiver_) co_return;
  co_await receiver_->keep();
  receiver_.reset();
  domain::File file = to_file(received, part_.file_name.value_or(""));
  file.kind = kind_->name;
  file.content_type = domain::accepted_type(*kind_, received.type);
  files_.push_back(std::move(file));
  count_received(kind_->name, received.size, std::chrono::steady_clock::now() - begun_);
}

void TaskForm::check_type(const std::string& found) {
  const std::string_view type = domain::accepted_type(*kind_, found);
  if (!type.empty() && domain::is_fitting(part_.content_type, type)) return;
  json::array accepted;
  for (const std::string_view name : kind_->accepted) accepted.emplace_back(name);
  const std::string detail =
      type.empty() ? fmt::format("{} does not take {}.", kind_->part, found)
                   : fmt::format("The file is {}, and is declared as something else.", found);
  refuse({FaultKind::unsupported,
          "unsupported-type",
          detail,
          {{"part", kind_->part},
           {"file_name", part_.file_name.value_or("")},
           {"found", found},
           {"accepted", std::move(accepted)}}},
         "type");
}

Result<domain::Task> TaskForm::task() const {
  if (is_malformed()) return *fault_;
  domain::Task task;
  json::array errors = errors_;
  fields_.fill(task, errors);
  if (fault_ || !errors.empty()) {
    Fault fault = fault_.value_or(invalid("The form does not fit the contract."));
    fault.members["errors"] = std::move(errors);
    return fault;
  }
  task.files = files_;
  return task;
}

std::string TaskForm::fingerprint() const {
  std::string text = fields_.fingerprint();
  for (const domain::File& file : files_) {
    text += fmt::format("{} {} {}\n", file.kind, file.sha256, file.file_name);
  }
  return text;
}

}  // namespace waybill::file::uploads
