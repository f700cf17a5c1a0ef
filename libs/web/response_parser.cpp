// The one file of the client that includes Beast.
#include "libs/web/response_parser.hpp"

#include <boost/beast/http/basic_parser.hpp>

namespace waybill::web {
namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

constexpr std::uint32_t kHeaderBytes = 64 * 1024;

class Collector : public http::basic_parser<false> {
 public:
  Collector(Response& out, bool reserve) : out_{out}, reserve_{reserve} {}

 private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int status, string_view, int, error_code&) override {
    out_.status = status;
  }
  void on_field_impl(http::field, string_view name, string_view value, error_code&) override {
    if (is_trailer_) return;
    out_.headers.add({name.data(), name.size()}, {value.data(), value.size()});
  }
  void on_header_impl(error_code&) override { is_trailer_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length && reserve_) out_.body.reserve(static_cast<std::size_t>(*length));
  }
  std::size_t on_body_impl(string_view bytes, error_code&) override {
    out_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) override {
    out_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(error_code&) override {}

  Response& out_;
  const bool reserve_;
  bool is_trailer_ = false;
};

}  // namespace

struct ResponseParser::Message {
  Message(std::optional<std::size_t> most, bool head) : body_bytes{most}, to_head{head} { begin(); }

  void begin() {
    response = {};
    beast.emplace(response, body_bytes.has_value());
    beast->header_limit(kHeaderBytes);
    if (body_bytes) {
      beast->body_limit(*body_bytes);
    } else {
      beast->body_limit(boost::none);
    }
    beast->eager(true);
    beast->skip(to_head);
  }

  bool is_interim() const { return response.status < 200; }

  // Beast 1.81 asserts that the last chunk's header comes in at least five bytes. No chunked body
  // has less left.
  std::size_t least_input() const { return beast->is_header_done() && beast->chunked() ? 5 : 1; }

  const std::optional<std::size_t> body_bytes;
  const bool to_head;
  Response response;
  std::optional<Collector> beast;
  std::string problem;
};

ResponseParser::ResponseParser(std::optional<std::size_t> body_bytes, bool to_head)
    : message_{std::make_unique<Message>(body_bytes, to_head)} {}

ResponseParser::~ResponseParser() = default;

ResponseParser::State ResponseParser::feed(std::string_view& input) {
  Message& message = *message_;
  while (input.size() >= message.least_input()) {
    error_code error;
    input.remove_prefix(message.beast->put({input.data(), input.size()}, error));
    if (error && error != http::error::need_more) {
      message.problem = error.message();
      return State::failed;
    }
    if (message.beast->is_done()) {
      if (!message.is_interim()) return State::done;
      message.begin();
    } else if (error) {
      break;
    }
  }
  // Only headers, chunk headers and trailers wait for more without being taken.
  if (input.size() > kHeaderBytes) {
    message.problem = "a header that does not end";
    return State::failed;
  }
  return State::more;
}

ResponseParser::State ResponseParser::end_of_input() {
  error_code error = http::error::end_of_stream;
  if (message_->beast->got_some()) message_->beast->put_eof(error);
  if (!error) return State::done;
  message_->problem = error.message();
  return State::failed;
}

bool ResponseParser::has_header() const {
  return message_->beast->is_header_done() && !message_->is_interim();
}
bool ResponseParser::keep_alive() const {
  return message_->beast->keep_alive();
}
const std::string& ResponseParser::problem() const {
  return message_->problem;
}
Response ResponseParser::take() {
  return std::move(message_->response);
}
Response ResponseParser::take_header() {
  Response header;
  header.status = message_->response.status;
  header.headers = message_->response.headers;
  return header;
}
std::string ResponseParser::take_body() {
  return std::exchange(message_->response.body, {});
}

}  // namespace waybill::web
