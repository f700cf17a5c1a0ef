// From bytes to a Response: Beast's parser behind plain types. For the client alone.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "libs/web/http.hpp"

namespace waybill::web {

class ResponseParser {
 public:
  // `to_head`: the answer to a HEAD request has no body, whatever its header says.
  ResponseParser(std::size_t body_bytes, bool to_head);
  ~ResponseParser();

  enum class State { more, done, failed };

  // Takes what it can from the front of `input` and cuts it off. Interim answers (1xx) are skipped.
  State feed(std::string_view& input);
  // The upstream closed the connection, which ends a body without a length.
  State end_of_input();

  bool keep_alive() const;
  const std::string& problem() const;  // after `failed`
  Response take();                     // after `done`

 private:
  struct Message;
  std::unique_ptr<Message> message_;
};

}  // namespace waybill::web
