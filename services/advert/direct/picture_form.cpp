#include "services/advert/direct/picture_form.hpp"

#include "libs/web/multipart.hpp"
#include "services/advert/domain/faults.hpp"

namespace waybill::advert::direct {
namespace {

using Event = web::MultipartParser::Event;

// Takes the parts as they come.
class Form {
 public:
  explicit Form(const std::string& boundary) : parser_{boundary, {}} {}

  // False when there is no need to go on.
  bool feed(std::string_view bytes) {
    parser_.feed(bytes);
    while (true) {
      switch (parser_.next()) {
        case Event::more:
          return true;
        case Event::part:
          is_file_ = parser_.part().file_name.has_value();
          files_ += is_file_;
          break;
        case Event::data:
          if (is_file_ && files_ == 1) picture_ += parser_.data();
          if (picture_.size() > most_picture_bytes) return false;
          break;
        case Event::end_of_part:
          break;
        case Event::end:
          ended_ = true;
          return true;
        case Event::refused:
          return false;
      }
    }
  }

  Result<std::string> picture() {
    if (picture_.size() > most_picture_bytes) {
      return domain::too_large("A picture has 10 MiB at most.");
    }
    if (!ended_) return domain::bad_request("Validation failed: the body is no whole form.");
    if (files_ != 1) {
      return domain::bad_request(
          fmt::format("Validation failed: the form has {} files, not one.", files_));
    }
    return std::move(picture_);
  }

 private:
  web::MultipartParser parser_;
  std::string picture_;
  std::size_t files_ = 0;
  bool is_file_ = false;
  bool ended_ = false;
};

}  // namespace

async::awaitable<Result<std::string>> read_picture(web::Request& request) {
  const auto boundary = web::multipart_boundary(request.headers.get("Content-Type"));
  if (!boundary || !request.source) {
    Fault fault = domain::unsupported("The body must be multipart/form-data with one file.");
    co_return fault;
  }
  Form form{*boundary};
  while (true) {
    const std::string bytes = co_await request.source->read();
    if (bytes.empty()) break;
    if (!form.feed(bytes)) break;
  }
  co_return form.picture();
}

}  // namespace waybill::advert::direct
