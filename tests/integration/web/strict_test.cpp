// Nothing is smuggled past the server, and nobody wears it out.
#include <catch2/catch.hpp>

#include "libs/metrics/metrics.hpp"
#include "libs/testing/testing.hpp"
#include "tests/integration/web/fixture.hpp"
#include "tests/unit/web/hostile_requests.hpp"

using namespace waybill;
using namespace waybill::web;
using namespace std::chrono_literals;

namespace {

double rejected(const std::string& reason) {
  return metrics::counter("http_requests_rejected_total", "", {{"reason", reason}}).value();
}

ServerLimits short_times() {
  ServerLimits limits;
  limits.header_time = limits.body_time = limits.idle_time = limits.write_time = 300ms;
  limits.least_rate = 1 << 30;  // bytes buy no time
  return limits;
}

}  // namespace

TEST_CASE("a hostile request gets one answer, and what follows it none", "[web][strict]") {
  TestServer server;
  for (const auto& [why, bytes] : hostile_requests()) {
    INFO(why);
    RawClient client{server.port()};
    client.send(std::string{bytes} + get("/smuggled"));
    const std::string all = client.receive_rest();
    CHECK(all.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(count_answers(all) == 1);
    CHECK_THAT(all, Catch::Contains("Content-Type: application/problem+json\r\n"));
    CHECK_THAT(all, Catch::Contains("Connection: close\r\n"));
  }
  CHECK(server.handler().handled == 0);
}

TEST_CASE("a good request before a hostile one is answered", "[web][strict]") {
  TestServer server;
  RawClient client{server.port()};
  client.send(get("/good") + "GET / HTTP/1.1\r\n\r\n" + get("/smuggled"));
  CHECK(client.receive().status == 200);
  CHECK(client.receive().status == 400);
  CHECK(client.is_closed_by_server());
  CHECK(server.handler().handled == 1);
}

TEST_CASE("refusals are counted by their reason", "[web][strict]") {
  TestServer server;
  const double before = rejected("malformed-request");
  RawClient client{server.port()};
  client.send("nonsense\r\n\r\n");
  CHECK(client.receive().status == 400);
  CHECK(rejected("malformed-request") == before + 1);
}

TEST_CASE("a header, target or body beyond the limit is refused", "[web][limits]") {
  ServerLimits limits;
  limits.header_bytes = 2'000;
  limits.target_bytes = 500;
  limits.body_bytes = 1'000;
  TestServer server{limits};
  const auto status = [&](const std::string& bytes) {
    RawClient client{server.port()};
    client.send(bytes);
    const RawResponse response = client.receive();
    CHECK(response.header("Content-Type") == "application/problem+json");
    CHECK(client.is_closed_by_server());
    return response.status;
  };
  CHECK(status(get("/", "X: " + std::string(3'000, 'x') + "\r\n")) == 431);
  CHECK(status(get("/" + std::string(600, 'x'))) == 414);
  CHECK(status(post("/", std::string(1'001, 'x'))) == 413);
  CHECK(status(post("/", std::string(10'000'000, 'x'))) == 413);
  CHECK(server.handler().handled == 0);
}

TEST_CASE("one connection more than allowed is told to come back later", "[web][limits]") {
  ServerLimits limits;
  limits.connections = 2;
  TestServer server{limits};
  RawClient first{server.port()};
  first.send(get("/a"));
  first.receive();
  {
    RawClient second{server.port()};
    second.send(get("/a"));
    second.receive();
    RawClient third{server.port()};
    CHECK_THAT(third.receive_rest(), Catch::StartsWith("HTTP/1.1 503 "));
  }
  CHECK(testing::eventually(3s, [&] {
    RawClient again{server.port()};
    again.send(get("/a"));
    return again.receive().status == 200;
  }));
}

TEST_CASE("one address can't have all connections", "[web][limits]") {
  ServerLimits limits;
  limits.connections_per_address = 1;
  TestServer server{limits};
  {
    RawClient first{server.port()};
    first.send(get("/a"));
    first.receive();
    RawClient second{server.port()};
    CHECK_THAT(second.receive_rest(), Catch::StartsWith("HTTP/1.1 503 "));
  }
  CHECK(testing::eventually(3s, [&] {
    RawClient again{server.port()};
    again.send(get("/a"));
    return again.receive().status == 200;
  }));
}

TEST_CASE("a body that arrives fast enough has all the time it needs", "[web][limits]") {
  ServerLimits limits = short_times();
  limits.least_rate = 1;  // five bytes are worth five seconds
  TestServer server{limits};
  RawClient client{server.port()};
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
  const auto later = std::chrono::steady_clock::now() + 2 * limits.body_time;
  REQUIRE(testing::eventually(5s, [&] { return std::chrono::steady_clock::now() > later; }));
  client.send("67890");
  CHECK(client.receive().status == 200);
}

TEST_CASE("a client that dawdles over its header is cut off", "[web][limits]") {
  TestServer server{short_times()};
  RawClient client{server.port()};
  client.send("GET / HTTP/1.1\r\nHost:");
  const auto start = std::chrono::steady_clock::now();
  const RawResponse response = client.receive();
  CHECK(response.status == 408);
  CHECK(response.header("Connection") == "close");
  CHECK(std::chrono::steady_clock::now() - start < 2s);
  CHECK(client.is_closed_by_server());
}

TEST_CASE("a byte now and then does not buy more time", "[web][limits]") {
  TestServer server{short_times()};
  RawClient client{server.port()};
  client.send("GET / HTTP/1.1\r\n");
  const auto start = std::chrono::steady_clock::now();
  std::atomic<bool> answered{false};
  std::thread dripping{[&] {
    testing::eventually(3s, [&] {
      client.send("X: y\r\n");
      return answered.load();
    });
  }};
  const RawResponse response = client.receive();
  const auto elapsed = std::chrono::steady_clock::now() - start;
  answered = true;
  dripping.join();
  CHECK(response.status == 408);
  CHECK(elapsed < 1500ms);
}

TEST_CASE("a client that dawdles over its body is cut off", "[web][limits]") {
  TestServer server{short_times()};
  RawClient client{server.port()};
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
  CHECK(client.receive().status == 408);
  CHECK(client.is_closed_by_server());
  CHECK(server.handler().handled == 0);
}

TEST_CASE("a silent connection is closed without a word", "[web][limits]") {
  TestServer server{short_times()};
  RawClient silent{server.port()};
  CHECK(silent.is_closed_by_server());
  RawClient used{server.port()};
  used.send(get("/a"));
  CHECK(used.receive().status == 200);
  CHECK(used.is_closed_by_server());
}

TEST_CASE("a client that doesn't read its answers is cut off", "[web][limits]") {
  TestServer server{short_times()};
  const double before = rejected("slow-reader");
  RawClient client{server.port(), 4096};
  client.send(get("/big") + get("/big") + get("/big"));
  CHECK(testing::eventually(5s, [&] { return rejected("slow-reader") > before; }));
}

TEST_CASE("a slow handler is not a slow client", "[web][limits]") {
  TestServer server{short_times()};
  RawClient client{server.port()};
  client.send(get("/gate"));
  REQUIRE(testing::eventually(3s, [&] { return server.handler().waiting == 1; }));
  RawClient silent{server.port()};
  CHECK(silent.is_closed_by_server());  // so all limits have passed by now
  server.open_gate();
  CHECK(client.receive().status == 200);
}
