#include <catch2/catch.hpp>

#include "libs/contract/json.hpp"
#include "libs/messaging/memory.hpp"
#include "libs/testing/testing.hpp"
#include "tools/waybill/events/print.hpp"
#include "tools/waybill/events/reader.hpp"
#include "waybill/order/v1/events.pb.h"

using namespace waybill;
using namespace waybill::tool::events;
using messaging::Event;

namespace {

Event order_event(const std::string& key, const std::string& type, int version) {
  order::v1::OrderPlaced payload;
  payload.mutable_order()->set_id(key);
  payload.mutable_order()->set_status("PENDING");
  payload.mutable_order()->set_reference("536365");
  Event event;
  event.topic = "waybill.orders";
  event.key = key;
  event.value = payload.SerializeAsString();
  event.headers = {{"ce_type", "waybill.order.v1." + type},
                   {"ce_version", std::to_string(version)},
                   {"ce_correlationid", "corr-" + key}};
  return event;
}

// A topic of three partitions with some events.
struct Topic {
  Topic() {
    kafka->create_topic("waybill.orders", 3, {});
    std::vector<Event> events;
    for (int i = 0; i < 12; ++i) {
      events.push_back(order_event(fmt::format("key-{}", i % 4),
                                   i < 4 ? "OrderPlaced" : "OrderConfirmed", 1 + i / 4));
    }
    kafka->make_producer("test")->produce(events);
  }

  std::vector<Event> read(const Selection& selection, Mode mode = Mode::show) {
    std::vector<Event> found;
    const auto take = [&](const Event& event) { found.push_back(event); };
    read_events(*kafka, selection, mode, stop, take);
    return found;
  }

  std::unique_ptr<messaging::KafkaBroker> kafka = messaging::make_memory_kafka();
  std::atomic<bool> stop{false};
};

Selection all_orders() {
  Selection selection;
  selection.topics = {"waybill.orders"};
  return selection;
}

}  // namespace

TEST_CASE("places are words, offsets, times, days and ages", "[events]") {
  const Instant noon = *parse_rfc3339("2026-01-31T12:00:00Z");
  using Kind = Position::Kind;
  CHECK(parse_position("beginning", noon) == Position{Kind::beginning});
  CHECK(parse_position("end", noon) == Position{Kind::end});
  CHECK(parse_position("1200", noon) == Position{Kind::offset, 1200});
  CHECK(parse_position("15m", noon) == Position{Kind::time, 0, noon - std::chrono::minutes{15}});
  CHECK(parse_position("2026-01-31", noon) ==
        Position{Kind::time, 0, noon - std::chrono::hours{12}});
  CHECK(parse_position("2026-01-31T13:00:00+01:00", noon) == Position{Kind::time, 0, noon});
  for (const char* text : {"", "start", "-5", "5w", "2026-13-01", "m"}) {
    CHECK_FALSE(parse_position(text, noon));
  }
}

TEST_CASE("a type is meant by its full name or its last part", "[events]") {
  Selection selection;
  const Event event = order_event("k", "OrderPaid", 3);
  for (const char* type : {"OrderPaid", "waybill.order.v1.OrderPaid", "v1.OrderPaid"}) {
    selection.type = type;
    CHECK(matches(selection, event));
  }
  for (const char* type : {"Paid", "OrderPlaced", "orderpaid"}) {
    selection.type = type;
    CHECK_FALSE(matches(selection, event));
  }
}

TEST_CASE("show reads each partition to its end, in order per key", "[events]") {
  const auto events = Topic{}.read(all_orders());
  CHECK(events.size() == 12);
  std::map<std::string, int> last;
  for (const Event& event : events) {
    const int version = std::stoi(header(event, "ce_version"));
    CHECK(version == last[event.key] + 1);
    last[event.key] = version;
  }
}

TEST_CASE("key, type, correlation and limit choose", "[events]") {
  Topic topic;
  Selection selection = all_orders();
  selection.key = "key-1";
  CHECK(topic.read(selection).size() == 3);
  selection.type = "OrderConfirmed";
  CHECK(topic.read(selection).size() == 2);
  selection.limit = 1;
  CHECK(topic.read(selection).size() == 1);
  selection = all_orders();
  selection.correlation = "corr-key-2";
  CHECK(topic.read(selection).size() == 3);
}

TEST_CASE("offsets choose a part of each partition", "[events]") {
  Topic topic;
  Selection selection = all_orders();
  selection.from = {Position::Kind::offset, 1};
  const auto rest = topic.read(selection);
  for (const Event& event : rest) CHECK(event.offset >= 1);
  selection.from = {};
  selection.until = Position{Position::Kind::offset, 1};
  CHECK(rest.size() + topic.read(selection).size() == 12);
}

TEST_CASE("one partition can be read, one that is not there is an error", "[events]") {
  Topic topic;
  std::size_t all = 0;
  for (int partition = 0; partition < 3; ++partition) {
    Selection selection = all_orders();
    selection.partition = partition;
    all += topic.read(selection).size();
  }
  CHECK(all == 12);
  Selection selection = all_orders();
  selection.partition = 3;
  CHECK_THROWS_WITH(topic.read(selection), "waybill.orders has no partition 3");
}

TEST_CASE("tail begins at the end and ends at the limit", "[events]") {
  Topic topic;
  Selection selection = all_orders();
  selection.from = {Position::Kind::end};
  selection.limit = 1;
  std::vector<Event> found;
  std::atomic<bool> ended{false};
  std::thread tail{[&] {
    found = topic.read(selection, Mode::tail);
    ended = true;
  }};
  const std::vector<Event> one{order_event("late", "OrderPlaced", 1)};
  const auto producer = topic.kafka->make_producer("late");
  // Until the tail has found its beginning; what came before is not for it.
  CHECK(testing::eventually(seconds{10}, [&] {
    producer->produce(one);
    return ended.load();
  }));
  tail.join();
  REQUIRE(found.size() == 1);
  CHECK(found[0].key == "late");
}

TEST_CASE("an event is a line of a table or of JSON", "[events]") {
  Event event = order_event("0190a1b2-0000-7000-8000-000000000001", "OrderPlaced", 1);
  event.partition = 2;
  event.offset = 41;
  event.timestamp_ms = 1'769'857'200'123;
  CHECK(
      table_line(event) ==
      "2026-01-31T11:00:00.123Z  waybill.orders/2/41         0190a1b2-0000-7000-8000-000000000001  "
      "OrderPlaced          1  PENDING, 0 lines, reference 536365");
  const auto line = boost::json::parse(json_line(event));
  CHECK(line.at("offset") == 41);
  CHECK(line.at("headers").at("ce_version") == "1");
  CHECK(line.at("data").at("order").at("status") == "PENDING");
}

TEST_CASE("a payload of an unknown type is shown as it is", "[events]") {
  Event event = order_event("k", "OrderTeleported", 1);
  event.value = "abc";
  CHECK_FALSE(decode(event));
  const auto line = boost::json::parse(json_line(event, Personal::shown));
  CHECK(line.at("data").is_null());
  CHECK(line.at("data_base64") == "YWJj");
  CHECK_FALSE(boost::json::parse(json_line(event)).as_object().contains("data_base64"));
}
