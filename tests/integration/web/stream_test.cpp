// Bodies that are written bit by bit, server-sent events among them.
#include <catch2/catch.hpp>

#include "libs/testing/testing.hpp"
#include "tests/integration/web/fixture.hpp"

using namespace waybill;
using namespace waybill::web;
using namespace std::chrono_literals;

TEST_CASE("an event arrives when it is written, not when the stream ends", "[web][sse]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(get("/events"));
  CHECK_THAT(client.receive_until("\r\n\r\n"), Catch::Contains("Transfer-Encoding: chunked"));
  CHECK(client.receive_until("\n\n\r\n") == "1c\r\nid: 1\nevent: first\ndata: a\n\n\r\n");
  CHECK(server.handler().streams_ended == 0);
  server.open_gate();
  CHECK(client.receive_until("0\r\n\r\n") ==
        "1d\r\nid: 2\nevent: second\ndata: b\n\n\r\n0\r\n\r\n");
  client.send(get("/after"));
  CHECK(client.receive().body == "GET /after ");
}

TEST_CASE("a stream ends when its client goes", "[web][sse]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(get("/events"));
  client.receive_until("data: a");
  client.close();
  CHECK(testing::eventually(3s, [&] { return server.handler().streams_ended == 1; }));
}

TEST_CASE("requests that are sent during a stream are answered after it", "[web][sse]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(get("/events"));
  client.receive_until("data: a");
  client.send(get("/b"));
  client.send(get("/c"));
  server.open_gate();
  client.receive_until("0\r\n\r\n");
  CHECK(client.receive().body == "GET /b ");
  CHECK(client.receive().body == "GET /c ");
}

TEST_CASE("a stream of unknown length is chunked, one of known length is not", "[web][stream]") {
  TestServer server;
  RawClient client{server.port()};
  for (const char* path : {"/stream", "/sized"}) {
    client.send(get(path));
    const RawResponse response = client.receive();
    CHECK(response.body.size() == 10'000);
    CHECK(response.body.substr(9'000) == std::string(1'000, '9'));
  }
  client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(client.receive_until("\r\n\r\n").find("chunked") == std::string::npos);
  CHECK(client.receive_rest().size() == 10'000);
}

TEST_CASE("a stream that breaks its promise breaks the connection, so that the client knows",
          "[web][stream]") {
  TestServer server;
  for (const char* path : {"/short", "/long", "/broken"}) {
    INFO(path);
    RawClient client{server.port()};
    client.send(get(path) + get("/after"));
    CHECK_THROWS(client.receive());
  }
}
