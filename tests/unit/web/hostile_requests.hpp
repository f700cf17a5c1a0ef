// Requests that a strict server refuses with 400, each for one reason. Also used over real sockets.
#pragma once

#include <string_view>
#include <vector>

namespace waybill::web {

struct HostileRequest {
  std::string_view why;
  std::string_view bytes;
};

inline const std::vector<HostileRequest>& hostile_requests() {
  using namespace std::string_view_literals;
  static const std::vector<HostileRequest> all{
      // The request line (RFC 9112, section 3)
      {"no Host", "GET / HTTP/1.1\r\n\r\n"sv},
      {"no version", "GET /\r\nHost: a\r\n\r\n"sv},
      {"an empty method", " / HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"a method that is no token", "G(ET / HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"a method with a colon", "GET: / HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"two spaces behind the method", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"two spaces behind the target", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"a tab for a space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"a space behind the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"sv},
      {"a folded request line", "GET /\r\n HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"sv},
      {"HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n"sv},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n"sv},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"sv},
      {"HTTP/11.1", "GET / HTTP/11.1\r\nHost: a\r\n\r\n"sv},
      {"HTTP/1.10", "GET / HTTP/1.10\r\nHost: a\r\n\r\n"sv},
      {"the protocol in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n"sv},
      {"another protocol", "GET / HTTQ/1.1\r\nHost: a\r\n\r\n"sv},
      {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"sv},
      {"two empty lines in front", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"the first bytes of TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"sv},
      // The target (RFC 9112, section 3.2; RFC 3986)
      {"a fragment in the target", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"a control character in the target", "GET /a\x01 HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"DEL in the target", "GET /a\x7f HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"raw UTF-8 in the target", "GET /\xc3\xbc HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"a raw byte in the target", "GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"a backslash in the target", "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"a quote in the target", "GET /a\"b HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"an angle bracket in the target", "GET /<a> HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"an incomplete escape", "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"a malformed escape", "GET /?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"an escaped NUL", "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"an escaped line break", "GET /?a=%0d%0ab HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"an escaped byte that is no UTF-8", "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"an overlong escaped slash", "GET /%c0%af HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"an escaped surrogate", "GET /%ed%a0%80 HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"a path without a slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"the asterisk with GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"an asterisk with more", "OPTIONS *a HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"the authority form", "GET a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n"sv},
      {"a foreign scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"a file URL", "GET file:///etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"an absolute target without a host", "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"user and password in the target", "GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      {"a target that contradicts Host", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"sv},
      // Host (RFC 9112, section 3.2)
      {"Host twice", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"sv},
      {"the same Host twice", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"sv},
      {"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"sv},
      {"two names in Host", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"sv},
      {"a path in Host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"sv},
      {"a user in Host", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"sv},
      {"a port that is no number", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"sv},
      {"two ports", "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n"sv},
      {"an open bracket in Host", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"sv},
      {"a name in brackets", "GET / HTTP/1.1\r\nHost: [name]\r\n\r\n"sv},
      // The header block (RFC 9112, section 5)
      {"a bare LF", "GET / HTTP/1.1\nHost: a\n\n"sv},
      {"a bare LF between headers", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"sv},
      {"a bare LF at the end", "GET / HTTP/1.1\r\nHost: a\n\r\n\r\n"sv},
      {"a bare CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"sv},
      {"a CR too many", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"sv},
      {"NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"sv},
      {"a control character in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: \x1b[2J\r\n\r\n"sv},
      {"a folded line", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n"sv},
      {"a line folded by a tab", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n"sv},
      {"a folded first line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"sv},
      {"a space before a colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"sv},
      {"a tab before a colon", "GET / HTTP/1.1\r\nHost: a\r\nX\t: y\r\n\r\n"sv},
      {"a header without a colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n"sv},
      {"a header without a name", "GET / HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n"sv},
      {"a space in a header name", "GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n"sv},
      {"a bracket in a header name", "GET / HTTP/1.1\r\nHost: a\r\nX[0]: z\r\n\r\n"sv},
      {"a raw byte in a header name", "GET / HTTP/1.1\r\nHost: a\r\nX\xff: z\r\n\r\n"sv},
      {"NUL in a header name", "GET / HTTP/1.1\r\nHost: a\r\nX\0: z\r\n\r\n"sv},
      {"two credentials",
       "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: b\r\nAuthorization: c\r\n\r\n"sv},
      {"two media types",
       "GET / HTTP/1.1\r\nHost: a\r\nContent-Type: b/c\r\nContent-Type: d/e\r\n\r\n"sv},
      // Framing (RFC 9112, section 6): where requests are smuggled
      {"a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"sv},
      {"a length with a sign", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na"sv},
      {"a length in hex", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\na"sv},
      {"a length that is no number", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: a\r\n\r\n"sv},
      {"an empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"sv},
      {"a length with a fraction", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1.0\r\n\r\na"sv},
      {"a length with a space", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\na"sv},
      {"a length beyond 64 bits",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\n"sv},
      {"a list of equal lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\na"sv},
      {"two different lengths",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"sv},
      {"two equal lengths",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"sv},
      {"chunks and a length",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
       "0\r\n\r\n"sv},
      {"a length and chunks",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
       "0\r\n\r\n"sv},
      {"an unknown encoding",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"sv},
      {"an encoding that looks like chunked",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"sv},
      {"an encoding in quotes",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"sv},
      {"chunked before another encoding",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"sv},
      {"another encoding before chunked",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"sv},
      {"identity", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n"sv},
      {"an empty encoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n"sv},
      {"chunked twice",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
       "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv},
      {"chunked and identity",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
       "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n"sv},
      {"an encoding with a vertical tab",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0b"
       "chunked\r\n\r\n0\r\n\r\n"sv},
      {"chunks in HTTP/1.0",
       "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv},
      // Chunks (RFC 9112, section 7.1)
      {"a chunk size that is no number",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n\r\n"sv},
      {"a negative chunk size",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n"sv},
      {"a chunk size with a prefix",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n"sv},
      {"an empty chunk size",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\r\na\r\n0\r\n\r\n"sv},
      {"a chunk size beyond 64 bits",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
       "10000000000000001\r\na\r\n0\r\n\r\n"sv},
      {"a bare LF behind a chunk size",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n"sv},
      {"a chunk longer than its size",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n"sv},
      {"a bare LF behind a chunk",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\n0\r\n\r\n"sv},
      {"a bare CR in a chunk extension",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;a\rb\r\na\r\n"
       "0\r\n\r\n"sv},
      {"a bare LF in a chunk extension",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\nb\r\na\r\n"
       "0\r\n\r\n"sv},
      {"a length among the trailers",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
       "Content-Length: 5\r\n\r\n"sv},
      {"a trailer without a colon",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX\r\n\r\n"sv},
  };
  return all;
}

}  // namespace waybill::web
