// HTTP messages as plain types: who includes this does not see Beast.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json.hpp>

#include "libs/core/context.hpp"
#include "libs/core/fault.hpp"

namespace waybill::web {

template <class T>
using awaitable = boost::asio::awaitable<T>;

// Names compare without regard to case; order and repetitions are kept.
class Headers {
 public:
  using Pair = std::pair<std::string, std::string>;

  void set(std::string_view name, std::string value);  // replaces all of that name
  void add(std::string_view name, std::string value);
  void erase(std::string_view name);
  void clear() { pairs_.clear(); }
  // The first value; empty when absent.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  auto begin() const { return pairs_.begin(); }
  auto end() const { return pairs_.end(); }
  std::size_t size() const { return pairs_.size(); }

 private:
  std::vector<Pair> pairs_;
};

// A body that is read while it arrives.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next bytes, some 64 KiB at most; empty at the end, and from then on. Throws BodyBroken.
  virtual awaitable<std::string> read() = 0;
  // In bytes; nullopt where it is not known beforehand (chunks).
  virtual std::optional<std::uint64_t> length() const = 0;
};

// A body without a proper end: its sender has gone (status 0), was too slow, sent too much or
// nonsense. A handler tidies up and lets it through; the server answers.
class BodyBroken : public std::runtime_error {
 public:
  // `reason`: a literal, the problem's code and the label of the metric.
  BodyBroken(int status, std::string_view reason, const std::string& detail)
      : std::runtime_error{detail}, status_{status}, reason_{reason} {}
  int status() const { return status_; }
  std::string_view reason() const { return reason_; }

 private:
  int status_;
  std::string_view reason_;
};

struct Request {
  std::string method;  // as sent; methods are case-sensitive
  std::string target;  // as sent, origin form: "/v1/orders?limit=2"
  std::string path;    // percent-decoded, without query; a trailing slash is removed ("/" stays)
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  Headers headers;
  std::string body;
  BodySource* source = nullptr;  // set: the body is read from here (see Handler::streams)
  std::string peer;              // the address of the other end of the connection, without port
  std::string client;  // the client's address, set per request by a handler that knows proxies
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  TraceContext trace;  // the server fills it from the headers, or makes one

  std::string_view query_value(std::string_view name) const;  // first one; empty when absent
};

// The writing side of an answer whose length is not known beforehand (server-sent events, large
// bodies).
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  // False when the client has gone; the stream should end then.
  virtual awaitable<bool> write(std::string chunk) = 0;
  virtual bool is_open() const = 0;
  // The server is being stopped: a stream without an end of its own should end now.
  virtual bool is_draining() const { return false; }
};

// Produces a streamed body. It runs on the server's io_context and ends when run() returns. With a
// Content-Length among the answer's headers exactly that many bytes must be written; otherwise the
// answer is chunked. It isn't run for HEAD.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  virtual awaitable<void> run(StreamWriter& out) = 0;
};

// Date, Connection, Content-Length, Transfer-Encoding and X-Correlation-ID are the server's: those
// among `headers` are replaced (but see BodyStream). To a HEAD request answer as to GET; the server
// leaves the body out.
struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  std::shared_ptr<BodyStream> stream;  // set: `body` is ignored, the stream writes it
  // set: shared bytes are sent instead of `body`, without a copy
  std::shared_ptr<const std::string> shared_body;

  Response() = default;
  Response(int code, std::string content_type, std::string text);
};

Response json_response(int status, const boost::json::value& body);
// The one function that turns a fault into application/problem+json; sets Retry-After on 429 and
// 503, and the challenge `Bearer` on 401.
Response problem_response(const Fault& fault, const Request& request);

// What a server calls. handle() runs as a coroutine on the server's io_context and must not block.
// An exception becomes a 500 problem without internals and a line in the log.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual awaitable<Response> handle(Request& request) = 0;
  // Asked when the header of a request with a body is there. A number: the body is not collected;
  // handle() is called at once and reads it from `request.source`, up to so many bytes. What it
  // leaves unread costs the connection.
  virtual std::optional<std::uint64_t> streams(const Request& request) const;
};

// Percent-encodes everything but unreserved characters (RFC 3986 section 2.3).
std::string url_encode(std::string_view text);
// Decodes percent escapes; nullopt where one is malformed.
std::optional<std::string> url_decode(std::string_view text, bool plus_is_space);
// "a=1&b=" split and decoded; nullopt where an escape is malformed.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

}  // namespace waybill::web
