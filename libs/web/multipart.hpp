// multipart/form-data (RFC 7578 over RFC 2046, section 5.1) in pieces as they come, in constant
// memory. Strict where a lenient reader would invite tricks: nothing before the first delimiter,
// delimiters on lines of their own, no header that folds. Pure, no I/O: has its own fuzz target.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libs/core/fault.hpp"

namespace waybill::web {

// The boundary that a Content-Type names; nullopt where it is not multipart/form-data, or the
// boundary is not one (1 to 70 of RFC 2046's bchars).
std::optional<std::string> multipart_boundary(std::string_view content_type);

// The file name in a Content-Disposition that is not a form's (RFC 6266), `filename*` before
// `filename`; empty where it has none, nullopt where it can't be read or is no text.
std::optional<std::string> file_name_of(std::string_view disposition);

// UTF-8 without control characters; the file name as it was sent, paths and all.
struct Part {
  std::string name;
  std::optional<std::string> file_name;
  std::string content_type;  // empty: none was declared
};

struct MultipartLimits {
  std::size_t parts = 64;
  std::size_t header_bytes = 4 * 1024;  // of one part
};

class MultipartParser {
 public:
  enum class Event {
    more,         // feed() it
    part,         // a part begins, see part()
    data,         // some of its bytes, see data()
    end_of_part,  // they were all
    end,          // of the form; whatever else comes is refused but one line break
    refused,      // see fault()
  };

  MultipartParser(std::string_view boundary, MultipartLimits limits);

  // More bytes. Take all events before the next ones.
  void feed(std::string_view bytes);
  // What comes next. After `refused` only that.
  Event next();

  const Part& part() const { return part_; }
  // Valid until the next call.
  std::string_view data() const { return data_; }
  // 400 malformed-form, 413 too-large with `limit`.
  const Fault& fault() const { return *fault_; }

 private:
  enum class State { start, delimiter, header, body, epilogue, refused };

  Event begin();
  Event after_delimiter();
  Event read_header();
  Event read_body();
  Event read_epilogue();
  Event refuse(const std::string& why);
  std::string_view waiting() const { return std::string_view{buffer_}.substr(at_); }

  const std::string delimiter_;  // CRLF, two dashes, boundary
  const MultipartLimits limits_;
  State state_ = State::start;
  std::string buffer_;
  std::size_t at_ = 0;  // what is before has been taken
  Part part_;
  std::string_view data_;
  std::size_t parts_ = 0;
  std::optional<Fault> fault_;
};

}  // namespace waybill::web
