// Writes the heads of messages by hand: one append after the other into one buffer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/web/http.hpp"

namespace waybill::web {

// How the client finds the end of a body (RFC 9112, section 6).
enum class Framing {
  none,   // no body by the status: 204, 304
  sized,  // Content-Length
  chunked,
  until_close,  // a stream of unknown length to an HTTP/1.0 client
};

struct Frame {
  Framing framing = Framing::sized;
  std::uint64_t length = 0;  // of a sized body
};

// What the server adds to an answer.
struct AnswerContext {
  bool is_http_11 = true;
  bool keep_alive = true;
  std::string_view correlation_id;
  std::string_view date_line;  // "Date: …\r\n"
};

std::string_view reason_phrase(int status);

inline const std::string& body_of(const Response& response) {
  return response.shared_body ? *response.shared_body : response.body;
}

// One header line. A line break in a value that came from elsewhere becomes a space: it must not
// start another header.
void append_field(std::string& out, std::string_view name, std::string_view value);

Frame frame_of(const Response& response, bool is_http_11);
// Status line and headers, with the empty line behind them.
void append_head(std::string& out, const Response& response, const Frame& frame,
                 const AnswerContext& context);

// "Date: Tue, 15 Nov 1994 08:12:31 GMT\r\n" (RFC 9110, section 5.6.7).
std::string date_line(std::chrono::sys_seconds at);

}  // namespace waybill::web
