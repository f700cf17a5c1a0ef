#include "libs/web/message_head.hpp"

#include <catch2/catch.hpp>

using namespace waybill::web;

namespace {

constexpr AnswerContext kContext{true, true, "abc", "Date: now\r\n"};

std::string head(const Response& response, const AnswerContext& context = kContext) {
  std::string out;
  append_head(out, response, frame_of(response, context.is_http_11), context);
  return out;
}

struct NoBody : BodyStream {
  awaitable<void> run(StreamWriter&) override { co_return; }
};

}  // namespace

TEST_CASE("an answer carries its length, the date and the correlation id", "[web][head]") {
  CHECK(head({200, "text/plain", "hello"}) ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: now\r\nX-Correlation-ID: abc\r\n"
        "Content-Length: 5\r\n\r\n");
}

TEST_CASE("framing and hop-by-hop headers of a handler are not believed", "[web][head]") {
  Response response{200, "", "hello"};
  response.headers.add("Content-length", "99");
  response.headers.add("Transfer-Encoding", "chunked");
  response.headers.add("connection", "upgrade");
  response.headers.add("X-Correlation-Id", "other");
  response.headers.add("date", "never");
  CHECK(head(response) ==
        "HTTP/1.1 200 OK\r\nDate: now\r\nX-Correlation-ID: abc\r\nContent-Length: 5\r\n\r\n");
}

TEST_CASE("a line break in a header value can't start another header", "[web][head]") {
  Response response{302, "", ""};
  response.headers.add("Location", "/a\r\nSet-Cookie: b");
  CHECK_THAT(head(response), Catch::Contains("Location: /a  Set-Cookie: b\r\n"));
}

TEST_CASE("answers without a body by their status carry no length", "[web][head]") {
  for (const int status : {204, 304}) {
    Response response{status, "", "ignored"};
    CHECK(frame_of(response, true).framing == Framing::none);
    CHECK_THAT(head(response), !Catch::Contains("Content-Length"));
  }
}

TEST_CASE("a stream is chunked, unless its length is known or the client is of HTTP/1.0",
          "[web][head]") {
  Response response;
  response.stream = std::make_shared<NoBody>();
  CHECK(frame_of(response, true).framing == Framing::chunked);
  CHECK(frame_of(response, false).framing == Framing::until_close);
  CHECK_THAT(head(response), Catch::Contains("Transfer-Encoding: chunked\r\n"));
  response.headers.set("Content-Length", "123");
  CHECK(frame_of(response, true).framing == Framing::sized);
  CHECK_THAT(head(response), Catch::Contains("Content-Length: 123\r\n"));
}

TEST_CASE("the connection's future is told where it is not the default", "[web][head]") {
  const Response response{200, "", ""};
  CHECK_THAT(head(response), !Catch::Contains("Connection"));
  const AnswerContext closing{true, false, "abc", ""};
  CHECK_THAT(head(response, closing), Catch::Contains("Connection: close\r\n"));
  const AnswerContext old{false, true, "abc", ""};
  CHECK_THAT(head(response, old), Catch::Contains("Connection: keep-alive\r\n"));
}

TEST_CASE("dates have the form of RFC 9110", "[web][head]") {
  using namespace std::chrono;
  const auto at = sys_days{1994y / November / 15} + 8h + 12min + 31s;
  CHECK(date_line(at) == "Date: Tue, 15 Nov 1994 08:12:31 GMT\r\n");
}
