// From bytes to a checked Request. Beast parses, request_check.hpp decides: nothing that one of
// them refuses gets on. For the server alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "libs/web/http.hpp"
#include "libs/web/server.hpp"

namespace waybill::web {

// Why a request gets its answer from the server itself, and the connection its end.
struct Refusal {
  int status;
  std::string_view reason;  // the problem's code and the label of the metric, a literal
  std::string detail;
};

class RequestParser {
 public:
  enum class State {
    header,   // the header is not complete
    body,     // the header is in the request, the body is not complete
    done,     // the request is complete
    refused,  // see refusal(); the connection can't be used any further
  };

  // `handler` says which bodies are streamed; nullptr: none.
  explicit RequestParser(const ServerLimits& limits, const Handler* handler = nullptr);
  ~RequestParser();

  // Takes the next request from the front of `input` and cuts off what was used; what remains has
  // to come again, with more behind it. `out` is complete once the state is done; of a refused one
  // it has what could be read. A call after `done` starts the next request.
  State feed(std::string_view& input, Request& out);

  // The body of the present request is for feed_stream(), since the handler wants it so.
  bool streams() const { return streams_; }
  // Takes what there is of a streamed body from the front of `input` and appends it to `piece`.
  State feed_stream(std::string_view& input, std::string& piece);
  // Of a streamed body, where it is known.
  std::optional<std::uint64_t> body_length() const;

  State state() const { return state_; }
  const Refusal& refusal() const { return *refusal_; }

  // Of the present request, from the end of its header on.
  bool keep_alive() const;
  bool is_http_11() const;
  bool expects_continue() const;

 private:
  struct Message;

  void begin_next(Request& out);
  State feed_header(std::string_view& input, Request& out);
  State feed_body(std::string_view& input);
  State refuse(int status, std::string_view reason, std::string detail);
  State refuse_malformed(const std::string& problem);
  State refuse_target();
  // The request line: method and version beside the target.
  std::size_t line_limit() const { return limits_.target_bytes + 64; }
  State wait_for_header(std::string_view input);
  State parse(std::string_view block, Request& out);
  State accept(Request& out);
  State refuse_large();

  const ServerLimits& limits_;
  const Handler* const handler_;
  std::unique_ptr<Message> message_;
  std::optional<Refusal> refusal_;
  State state_ = State::done;
  bool streams_ = false;
  bool line_skipped_ = false;  // the one empty line that may precede a request
  std::size_t bytes_checked_ =
      0;  // of the incomplete header: complete lines that are known to be fine
  std::size_t bytes_searched_ = 0;  // of the incomplete header: no empty line ends before here
};

}  // namespace waybill::web
