#include <catch2/catch.hpp>

#include "libs/testing/testing.hpp"
#include "tests/integration/web/fixture.hpp"

using namespace waybill;
using namespace waybill::web;
using namespace std::chrono_literals;

TEST_CASE("a connection is kept for the next request", "[web][server]") {
  TestServer server;
  RawClient client{server.port()};
  for (int i = 0; i < 3; ++i) {
    client.send(get("/a"));
    const RawResponse response = client.receive();
    CHECK(response.status == 200);
    CHECK(response.body == "GET /a ");
    CHECK(response.header("Connection").empty());
    CHECK(response.header("Date").size() == 29);
    CHECK(response.header("Echo-Peer") == "127.0.0.1");
  }
}

TEST_CASE("pipelined requests are answered in their order", "[web][server]") {
  TestServer server;
  RawClient client{server.port()};
  std::string bytes;
  for (int i = 0; i < 500; ++i) bytes += post("/" + std::to_string(i), "x");
  client.send(bytes);
  for (int i = 0; i < 500; ++i)
    REQUIRE(client.receive().body == "POST /" + std::to_string(i) + " x");
}

TEST_CASE("an answer does not wait for a slow request behind it", "[web][server]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(get("/first") + get("/second") + get("/gate") + get("/last"));
  CHECK(client.receive().body == "GET /first ");
  CHECK(client.receive().body == "GET /second ");
  CHECK(server.handler().handled <= 3);
  server.open_gate();
  CHECK(client.receive().body == "GET /gate ");
  CHECK(client.receive().body == "GET /last ");
}

TEST_CASE("a slow request does not hold up other connections", "[web][server]") {
  TestServer server;
  RawClient slow{server.port()};
  slow.send(get("/gate"));
  RawClient quick{server.port()};
  quick.send(get("/quick"));
  CHECK(quick.receive().status == 200);
  server.open_gate();
  CHECK(slow.receive().status == 200);
}

TEST_CASE("a request may come byte by byte", "[web][server]") {
  TestServer server;
  RawClient client{server.port()};
  const std::string bytes = post("/a", "hello");
  for (const char c : bytes) client.send({&c, 1});
  CHECK(client.receive().body == "POST /a hello");
}

TEST_CASE("HEAD is answered with the headers of GET and no body", "[web][server]") {
  TestServer server;
  RawClient client{server.port()};
  for (const std::string path : {"/big", "/sized"}) {
    client.send("HEAD " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
    const RawResponse response = client.receive(true);
    CHECK(response.status == 200);
    CHECK(response.header("Content-Length") == (path == "/big" ? "4000000" : "10000"));
  }
  client.send("HEAD /stream HTTP/1.1\r\nHost: test\r\n\r\n");
  CHECK(client.receive(true).header("Transfer-Encoding") == "chunked");
  client.send(get("/after"));
  CHECK(client.receive().body == "GET /after ");
}

TEST_CASE("an answer without content has no length", "[web][server]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(get("/empty") + get("/after"));
  const RawResponse response = client.receive();
  CHECK(response.status == 204);
  CHECK(response.header("Content-Length").empty());
  CHECK(client.receive().body == "GET /after ");
}

TEST_CASE("an HTTP/1.0 client is served and then left", "[web][server]") {
  TestServer server;
  RawClient client{server.port()};
  client.send("GET /a HTTP/1.0\r\n\r\n");
  const RawResponse response = client.receive();
  CHECK(response.body == "GET /a ");
  CHECK(response.header("Connection") == "close");
  CHECK(client.is_closed_by_server());
}

TEST_CASE("an HTTP/1.0 client that asks for it is kept", "[web][server]") {
  TestServer server;
  RawClient client{server.port()};
  for (int i = 0; i < 2; ++i) {
    client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(client.receive().header("Connection") == "keep-alive");
  }
}

TEST_CASE("a client that wants to go is let go", "[web][server]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(get("/a", "Connection: close\r\n") + get("/never"));
  const std::string all = client.receive_rest();
  CHECK(count_answers(all) == 1);
  CHECK_THAT(all, Catch::Contains("Connection: close\r\n"));
}

TEST_CASE("a client that has ended its side still gets its answer", "[web][server]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(post("/a", "x"));
  client.finish_sending();
  CHECK(client.receive().body == "POST /a x");
}

TEST_CASE("a client that waits for permission to send its body gets it", "[web][server]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(
      "POST /a HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  CHECK(client.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  CHECK(client.receive().body == "POST /a hello");
  client.send(get("/b"));
  CHECK(client.receive().body == "GET /b ");
}

TEST_CASE("permission is not given for a body that is too large", "[web][server]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(
      "POST /a HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");
  CHECK(client.receive().status == 413);
  CHECK(client.is_closed_by_server());
}

TEST_CASE("a handler that throws is a 500 without internals", "[web][server]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(get("/fail", "X-Correlation-ID: abc\r\n"));
  const RawResponse response = client.receive();
  CHECK(response.status == 500);
  CHECK(response.header("Content-Type") == "application/problem+json");
  CHECK(response.header("X-Correlation-ID") == "abc");
  CHECK_THAT(response.body, !Catch::Contains("secret"));
  client.send(get("/a"));
  CHECK(client.receive().status == 200);
}

TEST_CASE("every answer carries a correlation id, the client's own if it has one",
          "[web][server]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(get("/a", "X-Correlation-ID: mine\r\n"));
  CHECK(client.receive().header("X-Correlation-ID") == "mine");
  client.send(get("/a"));
  CHECK(client.receive().header("X-Correlation-ID").size() == 36);
  client.send("BAD\r\n\r\n");
  const RawResponse refusal = client.receive();
  const std::string id = refusal.header("X-Correlation-ID");
  CHECK(id.size() == 36);
  CHECK(boost::json::parse(refusal.body).as_object().at("correlation_id") ==
        boost::json::string{id});
}

TEST_CASE("a large answer arrives whole at a slow reader", "[web][server]") {
  TestServer server;
  RawClient client{server.port(), 4096};
  client.send(get("/big") + get("/after"));
  CHECK(client.receive().body == std::string(4'000'000, 'x'));
  CHECK(client.receive().body == "GET /after ");
}

TEST_CASE("a large body arrives whole", "[web][server]") {
  TestServer server;
  RawClient client{server.port()};
  const std::string body(1'000'000, 'y');
  client.send(post("/a", body));
  CHECK(client.receive().body == "POST /a " + body);
}

TEST_CASE("two servers may share a port", "[web][server]") {
  TestServer first;
  IoThread thread;
  TestHandler handler{thread.io};
  thread.call([&] { Server second{thread.io, first.address(), handler}; });
}

TEST_CASE("an address that can't be had is an error at once", "[web][server]") {
  boost::asio::io_context io;
  TestHandler handler{io};
  CHECK_THROWS_AS(Server(io, "192.0.2.1:80", handler), std::system_error);
  CHECK_THROWS_AS(Server(io, "nonsense", handler), std::system_error);
}
