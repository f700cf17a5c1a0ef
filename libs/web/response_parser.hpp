// From bytes to a Response: Beast's parser behind plain types. For the client alone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "libs/web/http.hpp"

namespace waybill::web {

class ResponseParser {
 public:
  // `to_head`: the answer to a HEAD request has no body, whatever its header says. `body_bytes`: of
  // a body at most; nullopt: it is taken piece by piece, see take_body().
  ResponseParser(std::optional<std::size_t> body_bytes, bool to_head);
  ~ResponseParser();

  enum class State { more, done, failed };

  // Takes what it can from the front of `input` and cuts it off. Interim answers (1xx) are skipped.
  State feed(std::string_view& input);
  // The upstream closed the connection, which ends a body without a length.
  State end_of_input();

  // The header of the final answer is complete.
  bool has_header() const;
  bool keep_alive() const;
  const std::string& problem() const;  // after `failed`
  Response take();                     // after `done`
  // With the header, once, and what has come of the body since the last time.
  Response take_header();
  std::string take_body();

 private:
  struct Message;
  std::unique_ptr<Message> message_;
};

}  // namespace waybill::web
