// The one file of the server that includes Beast.
#include "libs/web/request_parser.hpp"

#include <cstring>

#include <boost/beast/http/basic_parser.hpp>
#include <strings.h>

#include "libs/web/request_check.hpp"

namespace waybill::web {
namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

// Collects views into the header block, and the body.
class Collector : public http::basic_parser<true> {
 public:
  Collector(RawRequest& raw, std::string& body) : raw_{raw}, body_{body} {}

  // Of a body in bytes; streamed ones need no room for the whole.
  std::uint64_t most_reserved = 0;

 private:
  void on_request_impl(http::verb, string_view method, string_view target, int version,
                       error_code&) override {
    raw_.method = {method.data(), method.size()};
    raw_.target = {target.data(), target.size()};
    raw_.version = static_cast<unsigned>(version);
  }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(http::field, string_view name, string_view value, error_code&) override {
    if (is_trailer_) return;
    raw_.headers.emplace_back(std::string_view{name.data(), name.size()},
                              std::string_view{value.data(), value.size()});
  }
  void on_header_impl(error_code&) override { is_trailer_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length && *length <= most_reserved) body_.reserve(static_cast<std::size_t>(*length));
  }
  std::size_t on_body_impl(string_view bytes, error_code&) override {
    body_.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) override {
    body_.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(error_code&) override {}

  RawRequest& raw_;
  std::string& body_;
  bool is_trailer_ = false;
};

// What is left of the absolute form: RFC 9112, 3.2.2 wants servers to accept it.
std::string_view origin_form(std::string_view target) {
  if (target.empty() || target.front() == '/' || target == "*") return target;
  const std::size_t authority = target.find("//") + 2;
  const std::size_t path = target.find_first_of("/?", authority);
  return path == std::string_view::npos ? std::string_view{} : target.substr(path);
}

// Fills target, path and query. The escapes were checked before.
void take_target(std::string_view target, Request& out) {
  target = origin_form(target);
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  out.target.assign(path.empty() ? "/" : path).append(target.substr(mark));
  if (path.find('%') == std::string_view::npos) {
    out.path = path;
  } else {
    out.path = url_decode(path, false).value_or("");
  }
  if (out.path.size() > 1 && out.path.ends_with('/')) out.path.pop_back();
  if (out.path.empty()) out.path = "/";
  out.query.clear();
  if (mark < target.size()) {
    if (auto query = parse_query(target.substr(mark + 1))) out.query = std::move(*query);
  }
}

bool is_correlation_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// W3C Trace Context, section 3.2: later versions are read by the rules of version 00.
std::string read_traceparent(std::string_view text) {
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return {};
  if (text.size() > 55 && (text.starts_with("00") || text[55] != '-')) return {};
  const std::string_view trace = text.substr(3, 32);
  const std::string_view span = text.substr(36, 16);
  if (!is_lower_hex(text.substr(0, 2)) || text.starts_with("ff")) return {};
  if (!is_lower_hex(trace) || trace.find_first_not_of('0') == std::string_view::npos) return {};
  if (!is_lower_hex(span) || span.find_first_not_of('0') == std::string_view::npos) return {};
  if (!is_lower_hex(text.substr(53, 2))) return {};
  return "00" + std::string{text.substr(2, 53)};
}

void take_trace(Request& out) {
  const std::string_view id = out.headers.get("X-Correlation-ID");
  out.trace.correlation_id = is_correlation_id(id) ? std::string{id} : new_correlation_id();
  out.trace.traceparent = read_traceparent(out.headers.get("traceparent"));
}

}  // namespace

struct RequestParser::Message {
  RawRequest raw;  // views into the header block, valid while it is parsed
  std::string body;
  std::optional<Collector> beast;
  bool keep_alive = true;
  bool expects_continue = false;

  // Beast 1.81 asserts that the last chunk's header comes in at least five bytes. No chunked body
  // has less left.
  std::size_t least_input() const { return beast->chunked() ? 5 : 1; }
};

RequestParser::RequestParser(const ServerLimits& limits, const Handler* handler)
    : limits_{limits}, handler_{handler}, message_{std::make_unique<Message>()} {}

RequestParser::~RequestParser() = default;

bool RequestParser::keep_alive() const {
  return message_->keep_alive;
}
bool RequestParser::is_http_11() const {
  return message_->raw.version == 11;
}
bool RequestParser::expects_continue() const {
  return message_->expects_continue;
}

RequestParser::State RequestParser::feed(std::string_view& input, Request& out) {
  if (state_ == State::done) begin_next(out);
  if (state_ == State::header) feed_header(input, out);
  if (state_ == State::body && !streams_) {
    feed_body(input);
    if (state_ == State::done) out.body = std::move(message_->body);
  }
  return state_;
}

RequestParser::State RequestParser::feed_stream(std::string_view& input, std::string& piece) {
  if (state_ == State::body) feed_body(input);
  piece.append(message_->body);
  message_->body.clear();
  return state_;
}

std::optional<std::uint64_t> RequestParser::body_length() const {
  const auto length = message_->beast->content_length();
  if (!length) return std::nullopt;
  return *length;
}

void RequestParser::begin_next(Request& out) {
  message_->raw.headers.clear();
  message_->raw.version = 11;
  message_->body.clear();
  message_->keep_alive = true;
  message_->expects_continue = false;
  out.method.clear();
  out.target.clear();
  out.path.clear();
  out.query.clear();
  out.headers.clear();
  out.body.clear();
  out.trace = {};
  out.deadline = std::chrono::steady_clock::time_point::max();
  streams_ = false;
  line_skipped_ = false;
  bytes_checked_ = bytes_searched_ = 0;
  state_ = State::header;
}

RequestParser::State RequestParser::feed_header(std::string_view& input, Request& out) {
  if (input.empty()) return state_;
  if (!line_skipped_ && bytes_checked_ == 0 && input.starts_with("\r\n")) {
    input.remove_prefix(2);  // RFC 9112, 2.2: some clients end their bodies with one line too much
    line_skipped_ = true;
  }
  const void* end =
      memmem(input.data() + bytes_searched_, input.size() - bytes_searched_, "\r\n\r\n", 4);
  if (!end) return wait_for_header(input);
  const auto size = static_cast<std::size_t>(static_cast<const char*>(end) - input.data()) + 4;
  if (size > limits_.header_bytes) return wait_for_header(input.substr(0, size));
  if (auto problem = check_header_bytes(input.substr(bytes_checked_, size - bytes_checked_))) {
    return refuse_malformed(*problem);
  }
  parse(input.substr(0, size), out);
  input.remove_prefix(size);
  return state_;
}

// An incomplete header is looked at line by line, so that a wrong one is refused at once, not when
// time is over.
RequestParser::State RequestParser::wait_for_header(std::string_view input) {
  const std::size_t lines = input.rfind('\n') + 1;  // npos + 1 is 0: no complete line
  if (lines > bytes_checked_) {
    const auto fresh = input.substr(bytes_checked_, lines - bytes_checked_);
    if (auto problem = check_header_bytes(fresh)) {
      return refuse_malformed(*problem);
    }
    bytes_checked_ = lines;
  }
  bytes_searched_ = input.size() > 3 ? input.size() - 3 : 0;
  if (bytes_checked_ == 0 && input.size() > line_limit()) return refuse_target();
  if (input.size() >= limits_.header_bytes) {
    return refuse(431, "header-too-large", "The header of the request is too large.");
  }
  return state_;
}

RequestParser::State RequestParser::parse(std::string_view block, Request& out) {
  Message& message = *message_;
  Collector& beast = message.beast.emplace(message.raw, message.body);
  beast.header_limit(static_cast<std::uint32_t>(limits_.header_bytes) + 1);
  beast.body_limit(boost::none);  // accept() sets it
  beast.eager(false);             // stop behind the header
  error_code error;
  beast.put({block.data(), block.size()}, error);
  if (error) return refuse_malformed(error.message());
  out.method = message.raw.method;
  for (const auto& [name, value] : message.raw.headers) out.headers.add(name, std::string{value});
  take_trace(out);
  if (auto problem = check_request(message.raw)) return refuse_malformed(*problem);
  if (message.raw.target.size() > limits_.target_bytes || block.find('\r') >= line_limit()) {
    return refuse_target();
  }
  take_target(message.raw.target, out);
  return accept(out);
}

RequestParser::State RequestParser::accept(Request& out) {
  Message& message = *message_;
  const bool complete = message.beast->is_done();
  const auto streamed = handler_ && !complete ? handler_->streams(out) : std::nullopt;
  const std::uint64_t most = streamed.value_or(limits_.body_bytes);
  if (message.beast->content_length().value_or(0) > most) return refuse_large();
  message.beast->body_limit(most);
  message.beast->most_reserved = streamed ? 0 : most;
  streams_ = streamed.has_value();
  message.keep_alive = message.beast->keep_alive();
  const std::string_view expectation = out.headers.get("Expect");
  if (!expectation.empty() && is_http_11()) {
    if (!same(expectation, "100-continue")) {
      return refuse(417, "expectation-failed", "Nothing but 100-continue can be expected.");
    }
    message.expects_continue = !complete;
  }
  message.beast->eager(true);
  return state_ = complete ? State::done : State::body;
}

RequestParser::State RequestParser::feed_body(std::string_view& input) {
  Message& message = *message_;
  if (input.size() < message.least_input()) return state_;
  error_code error;
  input.remove_prefix(message.beast->put({input.data(), input.size()}, error));
  if (error == http::error::body_limit) return refuse_large();
  if (error && error != http::error::need_more) {
    return refuse_malformed(error.message());
  }
  if (!message.beast->is_done()) {
    // Only chunk headers and trailers wait for more without being taken.
    if (input.size() <= limits_.header_bytes) return state_;
    return refuse_malformed("a chunk header or trailers that do not end");
  }
  return state_ = State::done;
}

RequestParser::State RequestParser::refuse_large() {
  return refuse(413, "too-large", "The body of the request is too large.");
}

RequestParser::State RequestParser::refuse_malformed(const std::string& problem) {
  return refuse(400, "malformed-request", "The request was refused: " + problem + '.');
}

RequestParser::State RequestParser::refuse_target() {
  return refuse(414, "target-too-long", "The target of the request is too long.");
}

RequestParser::State RequestParser::refuse(int status, std::string_view reason,
                                           std::string detail) {
  refusal_ = Refusal{status, reason, std::move(detail)};
  return state_ = State::refused;
}

}  // namespace waybill::web
