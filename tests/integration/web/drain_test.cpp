// Going down without cutting anybody off.
#include <future>

#include <catch2/catch.hpp>

#include "libs/metrics/metrics.hpp"
#include "libs/testing/testing.hpp"
#include "tests/integration/web/fixture.hpp"

using namespace waybill;
using namespace waybill::web;
using namespace std::chrono_literals;

TEST_CASE("draining finishes the present request and says goodbye", "[web][drain]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(get("/gate") + get("/never"));
  REQUIRE(testing::eventually(3s, [&] { return server.handler().waiting == 1; }));
  auto drained = server.drain(10s);
  CHECK(drained.wait_for(100ms) == std::future_status::timeout);
  server.open_gate();
  const RawResponse response = client.receive();
  CHECK(response.status == 200);
  CHECK(response.header("Connection") == "close");
  CHECK(client.is_closed_by_server());
  client.close();
  CHECK(drained.wait_for(5s) == std::future_status::ready);
}

TEST_CASE("draining closes idle connections at once and takes no new ones", "[web][drain]") {
  TestServer server;
  RawClient idle{server.port()};
  idle.send(get("/a"));
  idle.receive();
  auto drained = server.drain(10s);
  CHECK(idle.is_closed_by_server());
  CHECK(drained.wait_for(3s) == std::future_status::ready);
  CHECK_THROWS(RawClient{server.port()});
}

TEST_CASE("draining waits for a request that is on its way", "[web][drain]") {
  TestServer server;
  RawClient client{server.port()};
  client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
  RawClient other{server.port()};
  other.send(get("/a"));
  other.receive();
  auto drained = server.drain(10s);
  CHECK(other.is_closed_by_server());
  client.send("lo");
  const RawResponse response = client.receive();
  CHECK(response.body == "POST /a hello");
  CHECK(response.header("Connection") == "close");
  client.close();
  CHECK(drained.wait_for(5s) == std::future_status::ready);
}

TEST_CASE("draining tells streams to end", "[web][drain]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(get("/events"));
  client.receive_until("data: a");
  auto drained = server.drain(10s);
  CHECK_THAT(client.receive_rest(), Catch::EndsWith("0\r\n\r\n"));
  client.close();
  CHECK(drained.wait_for(5s) == std::future_status::ready);
}

TEST_CASE("draining ends when its time is over", "[web][drain]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(get("/gate"));
  REQUIRE(testing::eventually(3s, [&] { return server.handler().waiting == 1; }));
  auto drained = server.drain(100ms);
  CHECK(drained.wait_for(3s) == std::future_status::ready);
  CHECK(client.is_closed_by_server());
}

TEST_CASE("open connections and bytes are counted", "[web][metrics]") {
  auto& connections = metrics::gauge("http_connections", "");
  auto& received = metrics::counter("http_received_bytes_total", "");
  auto& sent = metrics::counter("http_sent_bytes_total", "");
  const double received_before = received.value();
  const double sent_before = sent.value();
  {
    TestServer server;
    RawClient client{server.port()};
    client.send(get("/a"));
    client.receive();
    CHECK(connections.value() == 1);
  }
  CHECK(connections.value() == 0);
  CHECK(received.value() > received_before);
  CHECK(sent.value() > sent_before);
}
