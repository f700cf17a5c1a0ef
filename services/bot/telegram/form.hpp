// A form with one file, as it is sent: fields, the file's bytes as they come, the end.
#pragma once

#include <string>

#include <boost/json.hpp>

#include "libs/web/http.hpp"

namespace waybill::bot::telegram {

class FormBody final : public web::BodySource {
 public:
  // `file` must outlive it. Parameters that are no strings are written as JSON.
  FormBody(const boost::json::object& parameters, const std::string& field,
           const std::string& file_name, web::BodySource& file);

  std::string content_type() const;
  web::awaitable<std::string> read() override;
  std::optional<std::uint64_t> length() const override;

 private:
  const std::string boundary_;
  std::string head_;
  const std::string tail_;
  web::BodySource& file_;
  enum class Part { head, file, done } part_ = Part::head;
};

// Bytes that are here already.
class TextBody final : public web::BodySource {
 public:
  explicit TextBody(std::string text) : text_{std::move(text)}, size_{text_.size()} {}
  web::awaitable<std::string> read() override { co_return std::exchange(text_, {}); }
  std::optional<std::uint64_t> length() const override { return size_; }

 private:
  std::string text_;
  const std::uint64_t size_;
};

}  // namespace waybill::bot::telegram
