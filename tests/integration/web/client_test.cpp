#include <future>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include "libs/testing/calls.hpp"
#include "libs/testing/testing.hpp"
#include "tests/integration/web/fixture.hpp"

using namespace waybill;
using namespace waybill::web;
using namespace std::chrono_literals;

namespace {

// An upstream that takes connections one by one and says what it was told to, whatever it is asked.
class ScriptedUpstream {
 public:
  // Each entry serves one connection: answers to as many requests, then the connection is closed.
  explicit ScriptedUpstream(std::vector<std::vector<std::string>> script)
      : acceptor_{io_, {boost::asio::ip::address_v4::loopback(), 0}},
        thread_{[this, script = std::move(script)] { play(script); }} {}
  ~ScriptedUpstream() { thread_.join(); }

  std::string address() const {
    return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  std::atomic<int> requests{0};
  std::atomic<int> connections_closed{0};

 private:
  void play(const std::vector<std::vector<std::string>>& script) {
    for (const auto& answers : script) {
      serve(answers);
      ++connections_closed;
    }
  }

  void serve(const std::vector<std::string>& answers) {
    boost::asio::ip::tcp::socket socket{io_};
    acceptor_.accept(socket);
    for (const std::string& answer : answers) {
      std::string asked;
      std::array<char, 4096> buffer;
      while (asked.find("\r\n\r\n") == std::string::npos) {
        asked.append(buffer.data(), socket.read_some(boost::asio::buffer(buffer)));
      }
      ++requests;
      boost::asio::write(socket, boost::asio::buffer(answer));
    }
  }

  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

struct Caller {
  explicit Caller(const std::string& address, ClientOptions options = {}) {
    thread.call([&] { client = std::make_unique<Client>(thread.io, address, options); });
  }
  ~Caller() {
    thread.call([&] { client.reset(); });
  }

  Result<Response> send(std::string method, std::string target, std::string body = {}) {
    return start(std::move(method), std::move(target), std::move(body)).get();
  }
  std::future<Result<Response>> start(std::string method, std::string target,
                                      std::string body = {}) {
    ClientRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    return boost::asio::co_spawn(thread.io, client->send(std::move(request)),
                                 boost::asio::use_future);
  }

  IoThread thread;
  std::unique_ptr<Client> client;
};

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

TEST_CASE("a request comes through with headers and body, the answer comes back", "[web][client]") {
  TestServer server;
  Caller caller{server.address()};
  const auto response = caller.send("POST", "/a", "hello");
  REQUIRE(response.has_value());
  CHECK(response->status == 200);
  CHECK(response->body == "POST /a hello");
  CHECK(response->headers.get("content-type") == "text/plain");
}

TEST_CASE("a call is timed by who is asked; a server's fault and no answer have failed",
          "[web][client]") {
  ScriptedUpstream upstream{{{kOk, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
                              "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"}}};
  Caller caller{upstream.address()};
  for (int i = 0; i < 3; ++i) CHECK(caller.send("GET", "/").has_value());
  CHECK(testing::calls(upstream.address(), "request", "ok") == 2);
  CHECK(testing::calls(upstream.address(), "request", "failed") == 1);

  const std::string nobody = "127.0.0.1:9";  // the discard port
  Caller lost{nobody};
  const auto before = testing::calls(nobody, "request", "failed");
  CHECK_FALSE(lost.send("GET", "/").has_value());
  CHECK(testing::calls(nobody, "request", "failed") == before + 1);
}

TEST_CASE("a connection is used again", "[web][client]") {
  ScriptedUpstream upstream{{{kOk, kOk, kOk}}};
  Caller caller{upstream.address()};
  for (int i = 0; i < 3; ++i) CHECK(caller.send("GET", "/").has_value());
  CHECK(upstream.requests == 3);
}

TEST_CASE("all kinds of bodies are read to their end", "[web][client]") {
  TestServer server;
  Caller caller{server.address()};
  CHECK(caller.send("GET", "/stream")->body.size() == 10'000);
  CHECK(caller.send("GET", "/sized")->body.size() == 10'000);
  CHECK(caller.send("GET", "/big")->body.size() == 4'000'000);
  CHECK(caller.send("HEAD", "/big")->body.empty());
  CHECK(caller.send("GET", "/empty")->status == 204);
  CHECK(caller.send("GET", "/fail")->status == 500);
}

TEST_CASE("a body without a length ends with the connection", "[web][client]") {
  ScriptedUpstream upstream{{{"HTTP/1.0 200 OK\r\n\r\nall of it"}, {kOk}}};
  Caller caller{upstream.address()};
  CHECK(caller.send("GET", "/")->body == "all of it");
  CHECK(caller.send("GET", "/")->body == "ok");
}

TEST_CASE("interim answers are skipped", "[web][client]") {
  ScriptedUpstream upstream{
      {{"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + kOk}}};
  Caller caller{upstream.address()};
  const auto response = caller.send("GET", "/");
  REQUIRE(response.has_value());
  CHECK(response->status == 200);
  CHECK_FALSE(response->headers.has("Link"));
}

TEST_CASE("a kept connection that the upstream has closed is not used, not even for a write",
          "[web][client]") {
  ScriptedUpstream upstream{{{kOk}, {kOk}, {kOk}}};
  Caller caller{upstream.address()};
  for (int i = 1; i <= 3; ++i) {
    CHECK(caller.send("POST", "/").has_value());
    REQUIRE(testing::eventually(3s, [&] { return upstream.connections_closed == i; }));
  }
  CHECK(upstream.requests == 3);
}

TEST_CASE("a request that dies with a kept connection is repeated once if that is allowed",
          "[web][client]") {
  // The second request is read and the connection closed without an answer.
  ScriptedUpstream upstream{{{kOk, ""}, {kOk}}};
  Caller caller{upstream.address()};
  REQUIRE(caller.send("GET", "/").has_value());
  const auto again = caller.send("GET", "/");
  REQUIRE(again.has_value());
  CHECK(again->body == "ok");
  CHECK(upstream.requests == 3);
}

TEST_CASE("a write that dies with a kept connection is not repeated", "[web][client]") {
  ScriptedUpstream upstream{{{kOk, ""}}};
  Caller caller{upstream.address()};
  REQUIRE(caller.send("GET", "/").has_value());
  const auto response = caller.send("POST", "/");
  REQUIRE_FALSE(response.has_value());
  CHECK(response.error().kind == FaultKind::unavailable);
  CHECK(upstream.requests == 2);
}

TEST_CASE("a request on a new connection is not repeated", "[web][client]") {
  ScriptedUpstream upstream{{{""}}};
  Caller caller{upstream.address()};
  CHECK_FALSE(caller.send("GET", "/").has_value());
  CHECK(upstream.requests == 1);
}

TEST_CASE("an answer that breaks off is a fault", "[web][client]") {
  ScriptedUpstream upstream{
      {{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"},
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"},
       {"nonsense\r\n\r\n"}}};
  Caller caller{upstream.address()};
  for (int i = 0; i < 3; ++i) CHECK_FALSE(caller.send("GET", "/").has_value());
}

TEST_CASE("an answer beyond the limit is a fault", "[web][client]") {
  TestServer server;
  ClientOptions options;
  options.body_bytes = 9'999;
  Caller caller{server.address(), options};
  CHECK_FALSE(caller.send("GET", "/sized").has_value());
  CHECK_FALSE(caller.send("GET", "/stream").has_value());
  CHECK(caller.send("GET", "/a").has_value());
}

TEST_CASE("nobody listening is a fault at once", "[web][client]") {
  std::string address;
  {
    TestServer server;
    address = server.address();
  }
  Caller caller{address};
  const auto response = caller.send("GET", "/");
  REQUIRE_FALSE(response.has_value());
  CHECK(response.error().kind == FaultKind::unavailable);
  CHECK(response.error().detail.find("127.0.0.1") == std::string::npos);
}

TEST_CASE("a name that does not exist is a fault", "[web][client]") {
  Caller caller{"no-such-host.invalid:80"};
  CHECK_FALSE(caller.send("GET", "/").has_value());
}

TEST_CASE("an upstream may be named", "[web][client]") {
  TestServer server;
  Caller caller{"localhost:" + std::to_string(server.port())};
  CHECK(caller.send("GET", "/").has_value());
}

TEST_CASE("an answer that is late is a fault, and the next request is not mixed up with it",
          "[web][client]") {
  TestServer server;
  ClientOptions options;
  options.request_time = 200ms;
  Caller caller{server.address(), options};
  const auto start = std::chrono::steady_clock::now();
  const auto response = caller.send("GET", "/gate");
  REQUIRE_FALSE(response.has_value());
  CHECK(response.error().kind == FaultKind::unavailable);
  CHECK(std::chrono::steady_clock::now() - start < 2s);
  server.open_gate();
  CHECK(caller.send("GET", "/next")->body == "GET /next ");
}

TEST_CASE("a caller's own deadline counts where it is earlier", "[web][client]") {
  TestServer server;
  Caller caller{server.address()};
  ClientRequest request;
  request.target = "/gate";
  request.deadline = std::chrono::steady_clock::now() + 100ms;
  CHECK_FALSE(caller.thread.wait_for(caller.client->send(std::move(request))).has_value());
}

TEST_CASE("callers beyond the pool wait in line and get their turn", "[web][client]") {
  TestServer server;
  ClientOptions options;
  options.connections = 2;
  Caller caller{server.address(), options};
  std::vector<std::future<Result<Response>>> answers;
  for (int i = 0; i < 20; ++i) answers.push_back(caller.start("GET", "/gate"));
  REQUIRE(testing::eventually(3s, [&] { return server.handler().waiting == 2; }));
  CHECK(server.handler().handled == 2);
  server.open_gate();
  for (auto& answer : answers) CHECK(answer.get().has_value());
  CHECK(server.handler().handled == 20);
}

TEST_CASE("callers beyond the line are refused at once", "[web][client]") {
  TestServer server;
  ClientOptions options;
  options.connections = 1;
  options.waiting = 1;
  Caller caller{server.address(), options};
  auto first = caller.start("GET", "/gate");
  REQUIRE(testing::eventually(3s, [&] { return server.handler().waiting == 1; }));
  auto second = caller.start("GET", "/gate");
  CHECK_FALSE(caller.send("GET", "/gate").has_value());
  server.open_gate();
  CHECK(first.get().has_value());
  CHECK(second.get().has_value());
}

TEST_CASE("a caller in line gives up when his time is over", "[web][client]") {
  TestServer server;
  ClientOptions options;
  options.connections = 1;
  Caller caller{server.address(), options};
  auto first = caller.start("GET", "/gate");
  REQUIRE(testing::eventually(3s, [&] { return server.handler().waiting == 1; }));
  ClientRequest hasty;
  hasty.deadline = std::chrono::steady_clock::now() + 50ms;
  CHECK_FALSE(caller.thread.wait_for(caller.client->send(std::move(hasty))).has_value());
  server.open_gate();
  CHECK(first.get().has_value());
  CHECK(caller.send("GET", "/a").has_value());
}

TEST_CASE("a target that can't be sent is the caller's mistake", "[web][client]") {
  Caller caller{"127.0.0.1:1"};
  CHECK_THROWS_AS(caller.send("GET", "/a b"), std::invalid_argument);
  CHECK_THROWS_AS(caller.send("GET", "/a\r\nX: y"), std::invalid_argument);
}
