// Bodies that a handler reads while they arrive, and answers that a client passes on as they come.
#include <catch2/catch.hpp>

#include "libs/testing/testing.hpp"
#include "tests/integration/web/fixture.hpp"

using namespace waybill;
using namespace waybill::web;
using namespace std::chrono_literals;

namespace {

std::string head(std::string_view headers, std::string_view path = "/upload") {
  return "POST " + std::string{path} + " HTTP/1.1\r\nHost: test\r\n" + std::string{headers} +
         "\r\n";
}

// Gives a text in pieces.
class Pieces final : public BodySource {
 public:
  Pieces(std::string text, std::size_t piece, bool has_length)
      : text_{std::move(text)}, piece_{piece}, size_{text_.size()}, has_length_{has_length} {}
  awaitable<std::string> read() override {
    std::string next = text_.substr(at_, piece_);
    at_ += next.size();
    if (at_ > breaks_at) throw BodyBroken{0, "body-cut", "gone"};
    co_return next;
  }
  std::optional<std::uint64_t> length() const override {
    if (has_length_) return size_;
    return std::nullopt;
  }
  std::size_t breaks_at = std::string::npos;
  std::size_t given() const { return at_; }

 private:
  const std::string text_;
  const std::size_t piece_;
  const std::size_t size_;
  const bool has_length_;
  std::size_t at_ = 0;
};

// Collects what a stream writes.
class Collected final : public StreamWriter {
 public:
  awaitable<bool> write(std::string chunk) override {
    bytes += chunk;
    largest = std::max(largest, chunk.size());
    co_return true;
  }
  bool is_open() const override { return true; }
  std::string bytes;
  std::size_t largest = 0;
};

struct Opened {
  int status = 0;
  std::string length;
  std::string body;
  std::size_t largest = 0;
};

awaitable<Result<Opened>> exchange(Client& client, ClientRequest request) {
  auto response = co_await client.open(std::move(request));
  if (!response) co_return response.error();
  Collected collected;
  co_await response->stream->run(collected);
  Opened opened;
  opened.status = response->status;
  opened.length = response->headers.get("Content-Length");
  opened.body = std::move(collected.bytes);
  opened.largest = collected.largest;
  co_return opened;
}

struct Caller {
  explicit Caller(const std::string& address, ClientOptions options = {}) {
    thread.call([&] { client = std::make_unique<Client>(thread.io, address, options); });
  }
  ~Caller() {
    thread.call([&] { client.reset(); });
  }
  Result<Opened> open(const std::string& method, const std::string& target,
                      BodySource* source = nullptr) {
    ClientRequest request;
    request.method = method;
    request.target = target;
    request.source = source;
    return thread.wait_for(exchange(*client, std::move(request)));
  }
  IoThread thread;
  std::unique_ptr<Client> client;
};

}  // namespace

TEST_CASE("a body is read as it comes, with a length or in chunks", "[web][upload]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(head("Content-Length: 11\r\n") + "xxxxx");
  client.send("yyyyyx");
  CHECK(client.receive().body == "11 6");
  client.send(head("Transfer-Encoding: chunked\r\n") + "5\r\nxxxxx\r\n");
  client.send("3\r\nyyy\r\n0\r\n\r\n" + get("/after"));
  CHECK(client.receive().body == "8 5");
  CHECK(client.receive().body == "GET /after ");
}

TEST_CASE("a large body passes in small pieces", "[web][upload]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(head("Content-Length: 50000000\r\n") + std::string(50'000'000, 'x'));
  CHECK(client.receive().body == "50000000 50000000");
  CHECK(server.handler().largest_piece <= 64 * 1024);
}

TEST_CASE("an empty body needs no reading", "[web][upload]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(head("Content-Length: 0\r\n") + get("/after"));
  CHECK(client.receive().body == "POST /upload ");
  CHECK(client.receive().body == "GET /after ");
}

TEST_CASE("a body beyond the handler's limit is 413, before or while it is read", "[web][upload]") {
  TestServer server;
  RawClient sized{server.port()};
  sized.send(head("Content-Length: 100000001\r\n"));
  CHECK(sized.receive().status == 413);
  CHECK(sized.is_closed_by_server());
  RawClient chunked{server.port()};
  chunked.send(head("Transfer-Encoding: chunked\r\n") + "6000000\r\n");
  CHECK(chunked.receive().status == 413);
}

TEST_CASE("a refusal that leaves the body unread closes the connection", "[web][upload]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(head("Content-Length: 50000000\r\n", "/upload/refused") +
              std::string(1'000'000, 'x'));
  const RawResponse response = client.receive();
  CHECK(response.status == 413);
  CHECK(response.header("Connection") == "close");
  client.finish_sending();
  CHECK(client.is_closed_by_server());
}

TEST_CASE("100 Continue is sent when the body is wanted, and only then", "[web][upload]") {
  TestServer server;
  RawClient wanted{server.port()};
  wanted.send(head("Content-Length: 1\r\nExpect: 100-continue\r\n"));
  CHECK(wanted.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  wanted.send("x");
  CHECK(wanted.receive().body == "1 1");
  RawClient refused{server.port()};
  refused.send(head("Content-Length: 1\r\nExpect: 100-continue\r\n", "/upload/refused"));
  CHECK(refused.receive().status == 413);
}

TEST_CASE("a client that goes within its body breaks it", "[web][upload]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(head("Content-Length: 100\r\n") + "x");
  client.close();
  CHECK(testing::eventually(3s, [&] { return server.handler().bodies_broken == 1; }));
}

TEST_CASE("a client that stands still within its body is 408, however quick it was before",
          "[web][upload]") {
  ServerLimits limits;
  limits.body_time = 300ms;
  TestServer server{limits};
  RawClient client{server.port()};
  client.send(head("Content-Length: 50000000\r\n") + std::string(20'000'000, 'x'));
  CHECK(client.receive().status == 408);
  CHECK(server.handler().bodies_broken == 1);
}

TEST_CASE("nonsense within a chunked body is 400", "[web][upload]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(head("Transfer-Encoding: chunked\r\n") + "3\r\nxxx\r\nnonsense\r\n");
  CHECK(client.receive().status == 400);
}

TEST_CASE("a body from a source comes through, with a length or in chunks", "[web][upload]") {
  TestServer server;
  Caller caller{server.address()};
  for (const bool has_length : {true, false}) {
    Pieces source{std::string(1'000'000, 'x'), 7'000, has_length};
    const auto opened = caller.open("POST", "/upload", &source);
    REQUIRE(opened.has_value());
    CHECK(opened->body == "1000000 1000000");
  }
}

TEST_CASE("an answer is read as it comes", "[web][upload]") {
  TestServer server;
  Caller caller{server.address()};
  const auto big = caller.open("GET", "/big");
  REQUIRE(big.has_value());
  CHECK(big->length == "4000000");
  CHECK(big->body.size() == 4'000'000);
  CHECK(big->largest <= 64 * 1024);
  CHECK(caller.open("GET", "/stream")->body.size() == 10'000);
  const auto only_head = caller.open("HEAD", "/big");
  CHECK(only_head->length == "4000000");
  CHECK(only_head->body.empty());
  CHECK(caller.open("GET", "/empty")->status == 204);
}

TEST_CASE("an answer that breaks off is no answer", "[web][upload]") {
  TestServer server;
  Caller caller{server.address()};
  CHECK_THROWS(caller.open("GET", "/short"));
}

TEST_CASE("an upstream that refuses at once gets no more of the body", "[web][upload]") {
  TestServer server;
  Caller caller{server.address()};
  Pieces source{std::string(80'000'000, 'x'), 10'000, true};
  const auto opened = caller.open("POST", "/upload/refused", &source);
  REQUIRE(opened.has_value());
  CHECK(opened->status == 413);
  CHECK(opened->body == "no");
  CHECK(source.given() < 80'000'000);
}

TEST_CASE("a source that breaks breaks the request", "[web][upload]") {
  TestServer server;
  Caller caller{server.address()};
  Pieces source{std::string(1'000'000, 'x'), 10'000, true};
  source.breaks_at = 500'000;
  CHECK_THROWS_AS(caller.open("POST", "/upload", &source), BodyBroken);
  CHECK(testing::eventually(3s, [&] { return server.handler().bodies_broken == 1; }));
}
