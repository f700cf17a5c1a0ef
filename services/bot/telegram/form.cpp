#include "services/bot/telegram/form.hpp"

#include "libs/core/id.hpp"

namespace waybill::bot::telegram {
namespace {

namespace json = boost::json;

// A name within a quoted string: what would end it is escaped as browsers do it (WHATWG, HTML,
// multipart/form-data encoding).
std::string quoted(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '"') {
      text += "%22";
    } else if (c == '\r' || c == '\n') {
      text += ' ';
    } else {
      text += c;
    }
  }
  return text;
}

std::string field_text(const json::value& value) {
  const json::string* text = value.if_string();
  return text ? std::string{*text} : json::serialize(value);
}

}  // namespace

FormBody::FormBody(const json::object& parameters, const std::string& field,
                   const std::string& file_name, web::BodySource& file)
    : boundary_{"waybill-" + new_id().to_string()},
      tail_{"\r\n--" + boundary_ + "--\r\n"},
      file_{file} {
  for (const auto& [name, value] : parameters) {
    head_ += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n",
                         boundary_, std::string_view{name}, field_text(value));
  }
  head_ += fmt::format(
      "--{}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n"
      "Content-Type: application/octet-stream\r\n\r\n",
      boundary_, field, quoted(file_name));
}

std::string FormBody::content_type() const {
  return "multipart/form-data; boundary=" + boundary_;
}

web::awaitable<std::string> FormBody::read() {
  if (part_ == Part::head) {
    part_ = Part::file;
    co_return head_;
  }
  if (part_ == Part::done) co_return std::string{};
  std::string piece = co_await file_.read();
  if (!piece.empty()) co_return piece;
  part_ = Part::done;
  co_return tail_;
}

std::optional<std::uint64_t> FormBody::length() const {
  const auto file = file_.length();
  if (!file) return std::nullopt;
  return head_.size() + *file + tail_.size();
}

}  // namespace waybill::bot::telegram
