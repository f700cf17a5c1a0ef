#include "libs/web/message_head.hpp"

#include <array>
#include <charconv>

#include <strings.h>

namespace waybill::web {
namespace {

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

bool is_servers_own(std::string_view name) {
  switch (name.size()) {
    case 4:
      return same(name, "Date");
    case 10:
      return same(name, "Connection") || same(name, "Keep-Alive");
    case 14:
      return same(name, "Content-Length");
    case 16:
      return same(name, "X-Correlation-ID");
    case 17:
      return same(name, "Transfer-Encoding");
    default:
      return false;
  }
}

void append_value(std::string& out, std::string_view value) {
  const std::size_t start = out.size();
  out.append(value);
  for (std::size_t i = start; i < out.size(); ++i) {
    const auto c = static_cast<unsigned char>(out[i]);
    if ((c < 0x20 && c != '\t') || c == 0x7f) [[unlikely]]
      out[i] = ' ';
  }
}

void append_framing(std::string& out, const Frame& frame) {
  if (frame.framing == Framing::chunked) out.append("Transfer-Encoding: chunked\r\n");
  if (frame.framing != Framing::sized) return;
  out.append("Content-Length: ");
  append_number(out, frame.length);
  out.append("\r\n");
}

std::optional<std::uint64_t> declared_length(const Response& response) {
  const std::string_view text = response.headers.get("Content-Length");
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return length;
}

void append_two_digits(std::string& out, unsigned number) {
  out += static_cast<char>('0' + number / 10);
  out += static_cast<char>('0' + number % 10);
}

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "";  // the phrase may be empty, and clients are told to ignore it
  }
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  append_value(out, name);
  out.append(": ");
  append_value(out, value);
  out.append("\r\n");
}

Frame frame_of(const Response& response, bool is_http_11) {
  if (response.status < 200 || response.status == 204 || response.status == 304) {
    return {Framing::none, 0};
  }
  if (!response.stream) return {Framing::sized, body_of(response).size()};
  if (const auto length = declared_length(response)) return {Framing::sized, *length};
  return {is_http_11 ? Framing::chunked : Framing::until_close, 0};
}

void append_head(std::string& out, const Response& response, const Frame& frame,
                 const AnswerContext& context) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(response.status));
  out.append(" ").append(reason_phrase(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers) {
    if (is_servers_own(name)) continue;
    append_field(out, name, value);
  }
  out.append(context.date_line);
  out.append("X-Correlation-ID: ").append(context.correlation_id).append("\r\n");
  append_framing(out, frame);
  if (!context.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (!context.is_http_11) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
}

std::string date_line(std::chrono::sys_seconds at) {
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  std::string line = "Date: ";
  line.append(kDays[std::chrono::weekday{day}.c_encoding()]).append(", ");
  append_two_digits(line, static_cast<unsigned>(date.day()));
  line.append(" ").append(kMonths[static_cast<unsigned>(date.month()) - 1]).append(" ");
  line.append(std::to_string(static_cast<int>(date.year()))).append(" ");
  append_two_digits(line, static_cast<unsigned>(time.hours().count()));
  line += ':';
  append_two_digits(line, static_cast<unsigned>(time.minutes().count()));
  line += ':';
  append_two_digits(line, static_cast<unsigned>(time.seconds().count()));
  return line.append(" GMT\r\n");
}

}  // namespace waybill::web
