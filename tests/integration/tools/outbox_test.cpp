// What a service has told: looked at, compared with the topic, told again; over a real Kafka.
#include <catch2/catch.hpp>

#include "tests/integration/outbox/house.hpp"
#include "tools/waybill/outbox/republish.hpp"
#include "tools/waybill/outbox/status.hpp"
#include "tools/waybill/outbox/verify.hpp"

using namespace waybill;
using namespace waybill::testing;
using tool::audit::Report;
namespace told = waybill::tool::outbox;

namespace {

constexpr auto kPatience = std::chrono::seconds{20};

// A service that has told three versions of one order.
struct Teller {
  Teller() {
    house.handlers.on<PlaceOrder>([topic = house.topic](pg::Tx&,
                                                        std::span<const Command<PlaceOrder>> batch,
                                                        outbox::Writer& out) {
      for (const auto& command : batch) {
        for (std::int64_t version = 1; version <= 3; ++version) {
          order::v1::OrderPlaced event;
          event.mutable_order()->set_id(command.id().to_string());
          event.mutable_order()->set_version(version);
          out.event(topic, command.id(), version, event, command.cause);
        }
      }
      return std::vector<Outcome>(batch.size(), Outcome::ok("{}"));
    });
    house.start();
    house.send(house.message(PlaceOrder{}, key));
    REQUIRE(house.events(3).size() == 3);
    REQUIRE(eventually(kPatience,
                       [&] { return house.count("SELECT count(*) FROM outbox_sent") == 3; }));
  }

  Report verify() {
    Report report{100};
    told::verify(
        "shop", house.database.url(), *house.kafka, {}, [](const std::string&) {}, report);
    return report;
  }

  told::Republished republish(const told::Selection& selection, bool dry_run = false) {
    const auto sink = outbox::make_event_sink(*house.kafka, "test.republish");
    return told::republish(house.database.url(), selection, dry_run ? nullptr : sink.get(), 1000);
  }

  std::int64_t first_id() { return house.count("SELECT min(id) FROM outbox_sent"); }

  const Id key = new_id();
  House house{{.real_brokers = true}};
};

std::vector<std::string> versions(const std::vector<messaging::Event>& events) {
  std::vector<std::string> list;
  for (const messaging::Event& event : events) list.push_back(event.headers.at("ce_version"));
  return list;
}

}  // namespace

TEST_CASE("a topic that has all that was told is in order", "[outbox-tool]") {
  Teller teller;
  const Report report = teller.verify();
  CAPTURE(report.to_table());
  CHECK(report.clean());
}

TEST_CASE("rows that a topic lacks are named, told again, and there", "[outbox-tool]") {
  Teller teller;
  teller.house.count(
      "WITH copied AS (INSERT INTO outbox_sent (id, channel, target, key, type, headers, payload, "
      "at) SELECT id + 1000, channel, target, gen_random_uuid()::text, type, headers, payload, at "
      "FROM outbox_sent WHERE headers->>'ce_version' = '1' RETURNING id) "
      "SELECT count(*) FROM copied");
  const Report report = teller.verify();
  CHECK(report.count("event-missing") == 1);
  CHECK(report.total() == 1);
  const std::int64_t missing = report.findings().at(0).ids.at("outbox_id").as_int64();
  CHECK(missing == teller.first_id() + 1000);

  const auto done = teller.republish({.ids = {missing}});
  CHECK(done.chosen == 1);
  CHECK(done.told == 1);
  CHECK(teller.verify().clean());
}

TEST_CASE("rows whose event has another content are named", "[outbox-tool]") {
  Teller teller;
  teller.house.count(
      "WITH changed AS (UPDATE outbox_sent SET payload = '\\x0a00' WHERE headers->>'ce_version' = "
      "'2' RETURNING id) SELECT count(*) FROM changed");
  const Report report = teller.verify();
  CHECK(report.count("event-differs") == 1);
  CHECK(report.total() == 1);
}

TEST_CASE("events without a version are verified one by one", "[outbox-tool]") {
  Teller teller;
  // Three of one key: the first and the last of them are in the topic, in another order.
  teller.house.count(
      "WITH told AS (INSERT INTO outbox_sent (id, channel, target, key, type, headers, payload, "
      "at) SELECT id + 1000, channel, target, key, type, (headers::jsonb - 'ce_version')::json, "
      "payload, "
      "at FROM outbox_sent RETURNING id) SELECT count(*) FROM told");
  const auto reader = teller.house.kafka->read({{teller.house.topic, 0, 0}});
  std::vector<messaging::Event> told;
  eventually(kPatience, [&] {
    for (auto& event : reader->poll(100, std::chrono::milliseconds{50})) told.push_back(event);
    return told.size() == 3;
  });
  REQUIRE(told.size() == 3);
  for (messaging::Event& event : told) event.headers.erase("ce_version");
  teller.house.kafka->make_producer("test")->produce(std::vector{told[2], told[0]});
  const Report report = teller.verify();
  CHECK(report.total() == 1);
  CHECK(report.findings().at(0).ids.at("outbox_id") == teller.first_id() + 1001);
}

TEST_CASE("an old event is told again with all that came behind it", "[outbox-tool]") {
  Teller teller;
  const auto done = teller.republish({.ids = {teller.first_id() + 1}});
  CHECK(done.chosen == 1);
  CHECK(done.keys == 1);
  CHECK(done.told == 2);
  CHECK(versions(teller.house.events(2)) == std::vector<std::string>{"2", "3"});
}

TEST_CASE("events are told again by key and by time", "[outbox-tool]") {
  Teller teller;
  CHECK(teller.republish({.key = teller.key.to_string()}).told == 3);
  CHECK(versions(teller.house.events(3)) == std::vector<std::string>{"1", "2", "3"});
  CHECK(teller.republish({.key = new_id().to_string()}).told == 0);
  CHECK(teller.republish({.since = now() - std::chrono::hours{1}}).told == 3);
  CHECK(teller.republish({.since = now() + std::chrono::hours{1}}).told == 0);
  CHECK(teller.republish({.until = now() - std::chrono::hours{1}}).told == 0);
}

TEST_CASE("a dry run counts and tells nothing", "[outbox-tool]") {
  Teller teller;
  const auto done = teller.republish({.key = teller.key.to_string()}, true);
  CHECK(done.told == 3);
  CHECK(teller.house.kafka->partitions(teller.house.topic).at(0).end == 3);
}

TEST_CASE("the status says what waits and whether somebody tells", "[outbox-tool]") {
  Teller teller;
  const auto status = [&] { return told::read_status("shop", teller.house.database.url()).at(0); };
  CHECK(status().channel == "event");
  CHECK(status().relay);
  CHECK(status().waiting == 0);
  CHECK(status().per_second > 0);
  CHECK(parse_rfc3339(status().last_sent).has_value());

  teller.house.stop();
  CHECK(eventually(kPatience, [&] { return !status().relay; }));
  teller.house.count(
      "WITH back AS (INSERT INTO outbox (channel, target, key, type, headers, payload, at) SELECT "
      "channel, target, key, type, headers, payload, now() - interval '1 minute' FROM outbox_sent "
      "RETURNING id) SELECT count(*) FROM back");
  CHECK(status().waiting == 3);
  CHECK(status().oldest_seconds >= 60);
}
