#include <catch2/catch.hpp>

#include "libs/runtime/queries.hpp"
#include "libs/testing/testing.hpp"
#include "tests/integration/gateway/fixture.hpp"

using namespace waybill;
using namespace waybill::gateway;
using namespace std::chrono_literals;

namespace {

struct Followed {
  explicit Followed(Settings settings = for_trials()) : platform{std::move(settings)} {}

  void set_state(std::int64_t version, const std::string& status) {
    platform.upstream.put(
        path, runtime::representation(order_json(id, version, status), version, kAnna.to_string()));
  }

  EventStream follow(const std::string& headers = "") {
    return EventStream{platform.port(), path + "/events", headers};
  }

  Platform platform;
  Id id = new_id();
  std::string path = "/v1/orders/" + id.to_string();
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

std::string as(const Id& user) {
  return "Waybill-Role: customer\r\nWaybill-User: " + user.to_string() + "\r\n";
}

}  // namespace

TEST_CASE("a stream tells the present state, then each version once, then the end",
          "[gateway][events]") {
  Followed order;
  order.set_state(2, "CONFIRMED");
  auto stream = order.follow();
  stream.read_until("CONFIRMED");
  order.platform.tell_order(order.id, 1, "PENDING");  // an old one, late
  order.platform.tell_order(order.id, 2, "CONFIRMED");
  order.platform.tell_order(new_id(), 9, "PAID");  // somebody else's
  order.platform.tell_order(order.id, 3, "PAID");
  order.platform.tell_order(order.id, 3, "PAID");
  order.platform.tell_order(order.id, 4, "SHIPPED");
  order.platform.tell_order(order.id, 5, "DELIVERED");
  const std::string text = stream.read_until("event: end\ndata: {}");
  CHECK(text.find("Content-Type: text/event-stream") != std::string::npos);
  CHECK(count(text, "event: order\n") == 4);
  CHECK(count(text, "id: 1\n") == 0);
  CHECK(count(text, "id: 3\n") == 1);
  CHECK(text.find("id: 2\n") < text.find("id: 3\n"));
  CHECK(text.find("id: 4\n") < text.find("id: 5\n"));
  CHECK(text.find(order_json(order.id, 5, "DELIVERED")) != std::string::npos);
  CHECK(count(text, "event: end\n") == 1);
}

TEST_CASE("a resumed stream starts with what is newer", "[gateway][events]") {
  Followed order;
  order.set_state(3, "PAID");
  SECTION("nothing is newer") {
    auto stream = order.follow("Last-Event-ID: 3\r\n");
    stream.read_until("\r\n\r\n");
    order.platform.tell_order(order.id, 4, "SHIPPED");
    const std::string text = stream.read_until("SHIPPED");
    CHECK(count(text, "id: 3\n") == 0);
    CHECK(count(text, "id: 4\n") == 1);
  }
  SECTION("the present state is newer") {
    auto stream = order.follow("Last-Event-ID: 1\r\n");
    CHECK(count(stream.read_until("PAID"), "id: 3\n") == 1);
  }
}

TEST_CASE("a stream of an order that has ended ends at once", "[gateway][events]") {
  Followed order;
  order.set_state(4, "CANCELED");
  auto stream = order.follow();
  const std::string text = stream.read_until("event: end");
  CHECK(count(text, "id: 4\n") == 1);
}

TEST_CASE("a quiet stream shows that it is alive", "[gateway][events]") {
  Settings settings = for_trials();
  settings.heartbeat = 50ms;
  Followed order{settings};
  order.set_state(2, "CONFIRMED");
  auto stream = order.follow();
  CHECK(stream.read_until(": still here").find(": still here\n\n") != std::string::npos);
}

TEST_CASE("only the owner and staff follow an order", "[gateway][events]") {
  Followed order;
  order.set_state(2, "CONFIRMED");
  auto owner = order.follow(as(kAnna));
  CHECK(owner.read_until("CONFIRMED").starts_with("HTTP/1.1 200"));
  auto stranger = order.follow(as(kBert));
  CHECK(stranger.read_until("\r\n\r\n").starts_with("HTTP/1.1 404"));
  EventStream absent{order.platform.port(), "/v1/orders/" + new_id().to_string() + "/events"};
  CHECK(absent.read_until("\r\n\r\n").starts_with("HTTP/1.1 404"));
}

TEST_CASE("more streams than allowed are refused", "[gateway][events]") {
  Settings settings = for_trials();
  settings.streams = 1;
  Followed order{settings};
  order.set_state(2, "CONFIRMED");
  auto first = order.follow();
  first.read_until("CONFIRMED");
  auto second = order.follow();
  CHECK(second.read_until("\r\n\r\n").starts_with("HTTP/1.1 503"));
}
