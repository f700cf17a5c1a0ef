#include "libs/web/request_check.hpp"

#include <array>
#include <charconv>
#include <cstdint>

#include <strings.h>

#include "libs/core/utf8.hpp"

namespace waybill::web {
namespace {

using Problem = std::optional<std::string>;

// One bit per class of characters, so that a check is one look into a table.
enum : std::uint8_t { kToken = 1, kTarget = 2, kHost = 4, kFieldByte = 8 };

constexpr bool is_alnum(unsigned c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr bool contains(std::string_view set, unsigned c) {
  return set.find(static_cast<char>(c)) != std::string_view::npos;
}

constexpr std::uint8_t classes_of(unsigned c) {
  const bool visible = c > 0x20 && c < 0x7f;
  std::uint8_t classes = 0;
  if (is_alnum(c) || (c && contains("!#$%&'*+-.^_`|~", c))) classes |= kToken;  // RFC 9110, 5.6.2
  // Wider than RFC 3986 by what browsers send unescaped in queries: [ ] { } | ^ `
  if (visible && !contains("\"<>\\#", c)) classes |= kTarget;
  if (is_alnum(c) || (c && contains("-._~", c))) classes |= kHost;
  if (c == '\t' || c == ' ' || visible || c >= 0x80) classes |= kFieldByte;  // RFC 9110, 5.5
  return classes;
}

constexpr auto kClasses = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = 0; c < 256; ++c) table[c] = classes_of(c);
  return table;
}();

bool is(char c, std::uint8_t wanted) {
  return kClasses[static_cast<unsigned char>(c)] & wanted;
}

bool all_are(std::string_view text, std::uint8_t wanted) {
  for (const char c : text) {
    if (!is(c, wanted)) return false;
  }
  return true;
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

// IPv6 addresses only: nobody has ever seen an IPvFuture. Scope ids don't belong into URLs.
bool is_bracketed_address(std::string_view host) {
  return host.size() > 3 && host.front() == '[' && host.back() == ']' &&
         host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.") ==
             std::string_view::npos;
}

// uri-host [ ":" port ], without the percent escapes and sub-delims that no real host name has.
bool is_host(std::string_view value) {
  const std::size_t bracket = value.rfind(']');
  const std::size_t colon = value.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = value.substr(0, colon);
  if (colon != std::string_view::npos) {
    const std::string_view port = value.substr(colon + 1);
    if (port.size() > 5 || (!port.empty() && !all_digits(port))) return false;
  }
  if (host.starts_with('[')) return is_bracketed_address(host);
  return !host.empty() && all_are(host, kHost);
}

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// What the escapes decode to ends in databases and documents, which take neither NUL nor broken
// UTF-8.
Problem check_escapes(std::string_view target) {
  Utf8Check utf8;
  for (std::size_t i = 0; i < target.size(); ++i) {
    auto byte = static_cast<unsigned char>(target[i]);
    if (byte == '%') {
      const int high = i + 2 < target.size() ? nibble(target[i + 1]) : -1;
      const int low = i + 2 < target.size() ? nibble(target[i + 2]) : -1;
      if (high < 0 || low < 0) return "a malformed percent escape in the target";
      byte = static_cast<unsigned char>(high << 4 | low);
      if (byte < 0x20 || byte == 0x7f) return "an escaped control character in the target";
      i += 2;
    }
    if (!utf8.accept(byte)) return "escapes in the target that are no UTF-8";
  }
  if (!utf8.complete()) return "escapes in the target that are no UTF-8";
  return std::nullopt;
}

struct TargetForm {
  std::string_view authority;  // of the absolute form
  bool is_absolute = false;
};

std::optional<std::size_t> scheme_length(std::string_view target) {
  if (same(target.substr(0, 7), "http://")) return 7;
  if (same(target.substr(0, 8), "https://")) return 8;
  return std::nullopt;
}

Problem check_target(const RawRequest& request, TargetForm& form) {
  const std::string_view target = request.target;
  if (target.empty()) return "an empty target";
  if (!all_are(target, kTarget)) return "a character in the target that must be escaped";
  if (target == "*") {
    if (request.method == "OPTIONS") return std::nullopt;
    return "the target * with a method other than OPTIONS";
  }
  if (target.find('%') != std::string_view::npos) {
    if (auto problem = check_escapes(target)) return problem;
  }
  if (target.front() == '/') return std::nullopt;
  const auto scheme = scheme_length(target);
  if (!scheme) return "a target that is neither a path nor an http URL";
  form.is_absolute = true;
  form.authority = target.substr(*scheme, target.find_first_of("/?", *scheme) - *scheme);
  if (!is_host(form.authority)) return "a malformed authority in the target";
  return std::nullopt;
}

// What is counted while walking over the fields once.
struct Seen {
  std::string_view host;
  int hosts = 0;
  int lengths = 0;
  int encodings = 0;
  int credentials = 0;
  int content_types = 0;
};

Problem check_length(std::string_view value) {
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (!all_digits(value) || error != std::errc{} || end != value.data() + value.size()) {
    return "an invalid Content-Length";
  }
  return std::nullopt;
}

Problem check_known_field(std::string_view name, std::string_view value, Seen& seen) {
  switch (name.size()) {
    case 4:
      if (!same(name, "Host")) break;
      if (++seen.hosts > 1) return "more than one Host";
      if (!is_host(value)) return "an invalid Host";
      seen.host = value;
      break;
    case 12:
      // Two of them would be read differently by different readers.
      if (same(name, "Content-Type") && ++seen.content_types > 1)
        return "more than one Content-Type";
      break;
    case 13:
      if (same(name, "Authorization") && ++seen.credentials > 1) {
        return "more than one Authorization";
      }
      break;
    case 14:
      if (!same(name, "Content-Length")) break;
      if (++seen.lengths > 1) return "more than one Content-Length";
      return check_length(value);
    case 17:
      if (!same(name, "Transfer-Encoding")) break;
      if (++seen.encodings > 1) return "more than one Transfer-Encoding";
      if (!same(value, "chunked")) return "a Transfer-Encoding other than chunked";
      break;
    default:
      break;
  }
  return std::nullopt;
}

Problem check_field(std::string_view name, std::string_view value, Seen& seen) {
  if (name.empty() || !all_are(name, kToken)) return "an invalid header name";
  if (!all_are(value, kFieldByte)) return "a control character in a header value";
  return check_known_field(name, value, seen);
}

Problem check_framing(const RawRequest& request, const Seen& seen) {
  if (seen.lengths && seen.encodings) return "Content-Length beside Transfer-Encoding";
  // RFC 9112, 6.1: such a message may have been forwarded by someone who doesn't know about chunks.
  if (seen.encodings && request.version < 11) return "Transfer-Encoding in an HTTP/1.0 request";
  return std::nullopt;
}

Problem check_host(const RawRequest& request, const Seen& seen, const TargetForm& form) {
  if (!seen.hosts && request.version >= 11) return "no Host";
  // RFC 9112, 3.2: a client has to send the same authority in both places.
  if (form.is_absolute && seen.hosts && !same(form.authority, seen.host)) {
    return "a Host that differs from the target";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> check_request(const RawRequest& request) {
  if (request.version != 10 && request.version != 11) return "an unknown HTTP version";
  if (request.method.empty() || !all_are(request.method, kToken)) return "an invalid method";
  if (request.method == "CONNECT") return "CONNECT: this is no proxy";
  TargetForm form;
  if (auto problem = check_target(request, form)) return problem;
  Seen seen;
  for (const auto& [name, value] : request.headers) {
    if (auto problem = check_field(name, value, seen)) return problem;
  }
  if (auto problem = check_framing(request, seen)) return problem;
  return check_host(request, seen, form);
}

std::optional<std::string> check_header_bytes(std::string_view block) {
  bool at_line_start = true;
  bool in_name = true;  // no colon yet in this line
  for (std::size_t i = 0; i < block.size(); ++i) {
    const char c = block[i];
    if (is(c, kFieldByte)) [[likely]] {
      const bool blank = c == ' ' || c == '\t';
      if (at_line_start && blank) return "a folded header line";
      if (c == ':' && in_name) {
        if (at_line_start) return "a header without a name";
        if (block[i - 1] == ' ' || block[i - 1] == '\t') return "white space before a colon";
        in_name = false;
      }
      at_line_start = false;
    } else if (c == '\r') {
      if (i + 1 == block.size() || block[i + 1] != '\n') return "a CR without LF";
      ++i;
      at_line_start = in_name = true;
    } else {
      return c == '\n' ? "a LF without CR" : "a control character in the header";
    }
  }
  return std::nullopt;
}

}  // namespace waybill::web
