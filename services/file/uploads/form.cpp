#include "services/file/uploads/form.hpp"

#include "libs/metrics/metrics.hpp"
#include "services/file/domain/task.hpp"

namespace waybill::file::uploads {
namespace {

// What is still read once something is wrong, so that all of it can be told at once.
constexpr std::uint64_t kReadOn = 16 * 1024 * 1024;
constexpr std::size_t kPartHeader = 4 * 1024;

}  // namespace

async::awaitable<void> Form::read(web::BodySource& source, std::string boundary) {
  web::MultipartParser parser{boundary, {most_parts_, kPartHeader}};
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
    if (is_malformed() || since_fault > kReadOn) co_return;
  }
}

// True at the end of the form.
async::awaitable<bool> Form::take_events(web::MultipartParser& parser) {
  using Event = web::MultipartParser::Event;
  for (;;) {
    switch (parser.next()) {
      case Event::more:
        co_return false;
      case Event::part:
        part_ = parser.part();
        value_.clear();
        receiver_.reset();
        begin_part();
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

void Form::refuse(Fault fault, std::string_view reason) {
  count_rejected(label(), reason);
  receiver_.reset();
  errors_.push_back(domain::field_error(part_.name, fault.detail));
  if (!fault_) fault_ = std::move(fault);
}

void Form::refuse_field(std::string_view message) {
  receiver_.reset();
  errors_.push_back(domain::field_error(part_.name, message));
  if (!fault_) fault_ = invalid("The form does not fit the contract.");
}

void count_rejected(std::string_view kind, std::string_view reason) {
  metrics::counter("files_rejected_total", "Files that were not taken.",
                   {{"kind", std::string{kind}}, {"reason", std::string{reason}}})
      .add();
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

}  // namespace waybill::file::uploads
