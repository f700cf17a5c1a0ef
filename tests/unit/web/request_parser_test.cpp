// Parser and checks together, as the server uses them.
#include "libs/web/request_parser.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/web/hostile_requests.hpp"

using namespace waybill::web;
using State = RequestParser::State;

namespace {

struct Parsed {
  State state = State::header;
  Refusal refusal{0, "", ""};
  Request request;
  std::string rest;
  bool keep_alive = false;
};

ServerLimits small_limits() {
  ServerLimits limits;
  limits.header_bytes = 1024;
  limits.target_bytes = 256;
  limits.body_bytes = 100;
  return limits;
}

// Hands the bytes over in pieces of the given size.
Parsed parse(std::string_view bytes, std::size_t piece = std::string_view::npos) {
  const ServerLimits limits = small_limits();
  RequestParser parser{limits};
  Parsed result;
  std::string waiting;
  while (!bytes.empty() && result.state != State::done && result.state != State::refused) {
    const auto next = bytes.substr(0, piece);
    bytes.remove_prefix(next.size());
    waiting.append(next);
    std::string_view input = waiting;
    result.state = parser.feed(input, result.request);
    waiting.erase(0, waiting.size() - input.size());
  }
  result.rest = waiting + std::string{bytes};
  if (result.state == State::refused) result.refusal = parser.refusal();
  if (result.state == State::done) result.keep_alive = parser.keep_alive();
  return result;
}

std::string get(std::string_view target, std::string_view headers = "") {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: a\r\n" + std::string{headers} + "\r\n";
}

}  // namespace

TEST_CASE("hostile requests are refused", "[web][strict]") {
  for (const auto& [why, bytes] : hostile_requests()) {
    INFO(why);
    const Parsed parsed = parse(bytes);
    CHECK(parsed.state == State::refused);
    CHECK(parsed.refusal.status == 400);
    CHECK(parsed.refusal.reason == "malformed-request");
    CHECK_FALSE(parsed.refusal.detail.empty());
  }
}

TEST_CASE("hostile requests are refused however their bytes arrive", "[web][strict]") {
  for (const auto& [why, bytes] : hostile_requests()) {
    INFO(why);
    CHECK(parse(bytes, 1).state == State::refused);
    CHECK(parse(bytes, 7).state == State::refused);
  }
}

TEST_CASE("a wrong line is refused before the header is complete", "[web][strict]") {
  CHECK(parse("GET / HTTP/1.1\n").state == State::refused);
  CHECK(parse("GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n").state == State::refused);
  CHECK(parse("GET / HTTP/1.1\r\nHost: a\r\n").state == State::header);
}

TEST_CASE("ordinary requests are taken", "[web][parser]") {
  const std::vector<std::string> fine{
      get("/"),
      get("/v1/orders/?limit=2&sort=-created_at"),
      get("/a;b=c,d/e:f@g!$'()*+~"),
      get("/?filter[name]=x|y&{z}=^`"),
      get("/%C3%BC?q=%F0%9F%98%80"),
      get("/", "Accept: */*\r\nUser-Agent: me (x; y) \xfc\r\n"),
      get("/", "X:\r\nY: \r\nZ:no space\r\n"),
      get("/", "X: a\tb\r\n"),
      "\r\n" + get("/"),
      "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
      "M-SEARCH / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: my_service:\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
  };
  for (const auto& bytes : fine) {
    INFO(bytes);
    CHECK(parse(bytes).state == State::done);
    CHECK(parse(bytes, 1).state == State::done);
  }
}

TEST_CASE("path and query are decoded, the target is kept", "[web][parser]") {
  const Request request = parse(get("/v1/a%20b/%C3%BC/?q=x+y&n=%26")).request;
  CHECK(request.method == "GET");
  CHECK(request.target == "/v1/a%20b/%C3%BC/?q=x+y&n=%26");
  CHECK(request.path == "/v1/a b/ü");
  CHECK(request.query_value("q") == "x y");
  CHECK(request.query_value("n") == "&");
  CHECK(parse(get("/")).request.path == "/");
  CHECK(parse(get("/?a=b")).request.path == "/");
}

TEST_CASE("the absolute form is reduced to the origin form", "[web][parser]") {
  const Request request =
      parse("GET http://A.example:80/v1/x?y=z HTTP/1.1\r\nHost: a.example:80\r\n\r\n").request;
  CHECK(request.target == "/v1/x?y=z");
  CHECK(request.path == "/v1/x");
  CHECK(request.query_value("y") == "z");
  CHECK(parse("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n").request.target == "/");
  CHECK(parse("GET http://a?b=c HTTP/1.1\r\nHost: a\r\n\r\n").request.target == "/?b=c");
}

TEST_CASE("headers come in order, without white space around", "[web][parser]") {
  const Request request = parse(get("/", "X:  a b \t\r\nx: c\r\n")).request;
  REQUIRE(request.headers.size() == 3);
  CHECK(request.headers.get("x") == "a b");
  CHECK((request.headers.end() - 1)->second == "c");
}

TEST_CASE("a body is taken by its length, and what follows is left", "[web][parser]") {
  const std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{40}, bytes.size()}) {
    const Parsed parsed = parse(bytes, piece);
    CHECK(parsed.state == State::done);
    CHECK(parsed.request.body == "hello");
    CHECK(parsed.rest == "GET /");
  }
}

TEST_CASE("a chunked body is put together; extensions and trailers are ignored", "[web][parser]") {
  const std::string bytes =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;a=b\r\nhello\r\nA\r\n, world...\r\n0\r\nX-Trailer: y\r\n\r\nGET /";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{10}, bytes.size()}) {
    const Parsed parsed = parse(bytes, piece);
    CHECK(parsed.state == State::done);
    CHECK(parsed.request.body == "hello, world...");
    CHECK_FALSE(parsed.request.headers.has("X-Trailer"));
    CHECK(parsed.rest == "GET /");
  }
}

TEST_CASE("a body beyond the limit is refused before it is read", "[web][limits]") {
  CHECK(parse("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n").refusal.status == 413);
  CHECK(parse("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n65\r\nx")
            .refusal.status == 413);
  const std::string just = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n";
  CHECK(parse(just + std::string(100, 'x')).state == State::done);
}

TEST_CASE("a header beyond the limit is refused, complete or not", "[web][limits]") {
  const std::string field = "X: " + std::string(1024, 'x');
  CHECK(parse(get("/", field + "\r\n")).refusal.status == 431);
  CHECK(parse("GET / HTTP/1.1\r\n" + field).refusal.status == 431);
  CHECK(parse("GET / HTTP/1.1\r\n" + field, 10).refusal.status == 431);
}

TEST_CASE("a target beyond the limit is refused, complete or not", "[web][limits]") {
  const std::string target = "/" + std::string(300, 'a');
  CHECK(parse(get(target)).refusal.status == 414);
  CHECK(parse("GET /" + std::string(400, 'a')).refusal.status == 414);
  CHECK(parse(get("/" + std::string(255, 'a'))).state == State::done);
}

TEST_CASE("chunk extensions and trailers can't fill the memory", "[web][limits]") {
  const std::string start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK(parse(start + "1;" + std::string(5'000, 'a'), 100).state == State::refused);
  CHECK(parse(start + "0\r\nX: " + std::string(5'000, 'a'), 100).state == State::refused);
}

TEST_CASE("what is pipelined behind a chunked body does not count against it", "[web][limits]") {
  const std::string follows(5'000, 'x');
  const Parsed parsed =
      parse("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + follows);
  CHECK(parsed.state == State::done);
  CHECK(parsed.rest == follows);
}

TEST_CASE("a method as long as a target is refused, however it arrives", "[web][limits]") {
  const std::string bytes = std::string(400, 'M') + " / HTTP/1.1\r\nHost: a\r\n\r\n";
  CHECK(parse(bytes).refusal.status == 414);
  CHECK(parse(bytes, 1).refusal.status == 414);
}

TEST_CASE("a refused request still tells its correlation id", "[web][parser]") {
  const std::string bytes =
      "POST / HTTP/1.1\r\nHost: a\r\nX-Correlation-ID: abc\r\nContent-Length: 101\r\n\r\n";
  CHECK(parse(bytes).request.trace.correlation_id == "abc");
}

TEST_CASE("a correlation id is taken or made", "[web][trace]") {
  const auto id = [](const std::string& value) {
    return parse(get("/", "X-Correlation-ID: " + value + "\r\n")).request.trace.correlation_id;
  };
  CHECK(id("abc-123") == "abc-123");
  CHECK(id(std::string(64, 'x')) == std::string(64, 'x'));
  for (const std::string& bad :
       {std::string(65, 'x'), std::string{"a b"}, std::string{"\xc3\xbc"}, std::string{}}) {
    CHECK(id(bad).size() == 36);
  }
}

TEST_CASE("a traceparent is taken when it is well-formed", "[web][trace]") {
  const auto trace = [](const std::string& value) {
    return parse(get("/", "traceparent: " + value + "\r\n")).request.trace.traceparent;
  };
  const std::string rest = "-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  CHECK(trace("00" + rest) == "00" + rest);
  CHECK(trace("cc" + rest) == "00" + rest);
  CHECK(trace("cc" + rest + "-more") == "00" + rest);
  CHECK(trace("00" + rest + "-more").empty());
  CHECK(trace("ff" + rest).empty());
  CHECK(trace("00-00000000000000000000000000000000-b7ad6b7169203331-01").empty());
  CHECK(trace("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01").empty());
  CHECK(trace("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01").empty());
  CHECK(trace("nonsense").empty());
}

TEST_CASE("the connection goes on or ends as the client says", "[web][parser]") {
  CHECK(parse(get("/")).keep_alive);
  CHECK_FALSE(parse(get("/", "Connection: close\r\n")).keep_alive);
  CHECK_FALSE(parse(get("/", "Connection: x, Close\r\n")).keep_alive);
  CHECK_FALSE(parse("GET / HTTP/1.0\r\n\r\n").keep_alive);
  CHECK(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

TEST_CASE("an expectation other than 100-continue fails", "[web][parser]") {
  CHECK(parse(get("/", "Expect: 100-Continue\r\n")).state == State::done);
  CHECK(parse(get("/", "Expect: wonders\r\n")).refusal.status == 417);
}

TEST_CASE("one parser takes request after request and mixes up nothing", "[web][parser]") {
  const ServerLimits limits = small_limits();
  RequestParser parser{limits};
  Request request;
  const std::string bytes =
      "POST /a?b=c HTTP/1.1\r\nHost: a\r\nX: y\r\nContent-Length: 2\r\n\r\nhi" + get("/d");
  std::string_view input = bytes;
  REQUIRE(parser.feed(input, request) == State::done);
  CHECK(request.body == "hi");
  const std::string first_id = request.trace.correlation_id;
  REQUIRE(parser.feed(input, request) == State::done);
  CHECK(request.path == "/d");
  CHECK(request.body.empty());
  CHECK(request.query.empty());
  CHECK_FALSE(request.headers.has("X"));
  CHECK(request.trace.correlation_id != first_id);
  CHECK(input.empty());
}
