#include "services/file/uploads/task_form.hpp"

#include "libs/metrics/metrics.hpp"

namespace waybill::file::uploads {
namespace {

namespace json = boost::json;

// What is still read once something is wrong, so that all of it can be told at once.
constexpr std::uint64_t kReadOn = 16 * 1024 * 1024;

metrics::Counter& rejected(std::string_view kind, std::string_view reason) {
  return metrics::counter("files_rejected_total", "Files that were not taken.",
                          {{"kind", std::string{kind}}, {"reason", std::string{reason}}});
}

void count_received(std::string_view kind, std::uint64_t size,
                    std::chrono::steady_clock::duration elapsed) {
  const metrics::Labels labels{{"kind", std::string{kind}}};
  metrics::counter("files_uploaded_bytes_total", "Bytes of files that were taken.", labels)
      .add(static_cast<double>(size));
  metrics::histogram("files_upload_duration_seconds", "From a file's first byte to its last.",
                     labels)
      .observe(elapsed);
}

Fault too_large(std::string_view part, std::uint64_t limit, std::string_view what) {
  return {FaultKind::too_large,
          "too-large",
          fmt::format("{} has more than {} {}.", part, limit, what),
          {{"part", part}, {"limit", limit}}};
}

}  // namespace

async::awaitable<void> TaskForm::read(web::BodySource& source, std::string boundary) {
  web::MultipartParser parser{boundary, {limits_.parts, 4 * 1024}};
  std::uint64_t since_fault = 0;
  for (bool ended = false;;) {
    const std::string piece = co_await source.read();
    if (piece.empty()) {
      if (!ended) {
        refuse({FaultKind::invalid, "malformed-form", "The form breaks off.", {}}, "malformed");
      }
      co_return;
    }
    parser.feed(piece);
    ended = co_await take_events(parser);
    if (fault_) since_fault += piece.size();
    const bool is_hopeless = fault_ && fault_->code == "malformed-form";
    if (is_hopeless || since_fault > kReadOn) co_return;
  }
}

// True at the end of the form.
async::awaitable<bool> TaskForm::take_events(web::MultipartParser& parser) {
  using Event = web::MultipartParser::Event;
  for (;;) {
    switch (parser.next()) {
      case Event::more:
        co_return false;
      case Event::part:
        begin_part(parser.part());
        break;
      case Event::data:
        co_await take_data(parser.data());
        break;
      case Event::end_of_part:
        co_await end_part();
        break;
      case Event::end:
        co_return true;
      case Event::refused:
        fault_ = parser.fault();
        co_return false;
    }
  }
}

void TaskForm::begin_part(const web::Part& part) {
  part_ = part;
  kind_ = domain::find_kind_of_part(part.name);
  value_.clear();
  is_empty_ = true;
  receiver_.reset();
  if (kind_) {
    begin_file(part, *kind_);
  } else if (!domain::TaskFields::is_field(part.name)) {
    refuse_field("is not known here");
  } else if (part.file_name) {
    refuse_field("is a field, not a file");
  }
}

void TaskForm::begin_file(const web::Part& part, const domain::MediaKind& kind) {
  begun_ = std::chrono::steady_clock::now();
  const auto before = std::count_if(files_.begin(), files_.end(), [&](const domain::File& file) {
    return file.kind == kind.name;
  });
  const std::string_view wrong = domain::wrong_file_name(part.file_name.value_or(""));
  if (!wrong.empty()) {
    rejected(kind.name, "name").add();
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
  co_await receiver_->write(bytes);
  if (!receiver_->certain_type().empty()) check_type(receiver_->certain_type());
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
    rejected(kind_->name, "empty").add();
    refuse_field("a file must not be empty");
    co_return;
  }
  if (!receiver_) co_return;
  const Received received = co_await receiver_->finish();
  check_type(received.type);
  if (!receiver_) co_return;
  co_await receiver_->keep();
  receiver_.reset();
  domain::File file;
  file.kind = kind_->name;
  file.sha256 = received.sha256;
  file.size = static_cast<std::int64_t>(received.size);
  file.content_type = domain::accepted_type(*kind_, received.type);
  file.file_name = part_.file_name.value_or("");
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

// The first one is what the answer says; all are among its errors.
void TaskForm::refuse(Fault fault, std::string_view reason) {
  rejected(kind_ ? kind_->name : "form", reason).add();
  receiver_.reset();
  errors_.push_back(domain::field_error(part_.name, fault.detail));
  if (!fault_) fault_ = std::move(fault);
}

void TaskForm::refuse_field(std::string_view message) {
  receiver_.reset();
  errors_.push_back(domain::field_error(part_.name, message));
  if (!fault_) fault_ = invalid("The form does not fit the contract.");
}

Result<domain::Task> TaskForm::task() const {
  if (fault_ && fault_->code == "malformed-form") return *fault_;
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
