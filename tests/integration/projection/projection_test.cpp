#include "libs/projection/projection.hpp"

#include <catch2/catch.hpp>

#include "libs/messaging/memory.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/projection/parking.hpp"
#include "libs/testing/testing.hpp"

using namespace waybill;
using namespace std::chrono_literals;

namespace {

constexpr pg::Statement create_seen{
    "create_seen", "CREATE TABLE seen (value text PRIMARY KEY, partition int, next bigint)"};
constexpr pg::Statement insert_seen{
    "insert_seen", "INSERT INTO seen (value, partition, next) VALUES ($1, $2, $3)"};
constexpr pg::Statement find_seen{"find_seen", "SELECT value FROM seen ORDER BY next, partition"};

void note(pg::Tx& tx, std::span<const messaging::Event> events) {
  for (const messaging::Event& event : events) {
    tx.exec(insert_seen, event.value, event.partition, event.offset + 1);
  }
}

// One topic with two partitions, and a projection that notes every event it sees.
struct Cinema {
  testing::FreshDatabase database{"common"};
  pg::Connection connection{database.options()};
  std::unique_ptr<messaging::KafkaBroker> kafka;
  std::unique_ptr<messaging::EventProducer> producer;
  const std::string name = "test-cinema-" + new_id().to_string();
  const std::string topic = name + ".films";

  explicit Cinema(bool real_kafka = false)
      : kafka{real_kafka ? messaging::make_kafka(
                               {.brokers = testing::environment("WAYBILL_KAFKA_BROKERS")})
                         : messaging::make_memory_kafka()},
        producer{kafka->make_producer("test")} {
    kafka->create_topic(topic, 2, {});
    pg::Session{connection}.exec(create_seen);
  }
  ~Cinema() { kafka->delete_topic(topic); }

  projection::Definition film(projection::Apply apply = note) const {
    return {.name = "screen",
            .service = name,
            .topics = {topic},
            .tables = {"seen"},
            .apply = std::move(apply),
            .batch = 7};
  }

  std::unique_ptr<projection::Projection> show(projection::Apply apply = note) {
    auto projection = std::make_unique<projection::Projection>(film(std::move(apply)),
                                                               database.options(), *kafka);
    projection->start();
    return projection;
  }

  // Keys repeat: an event has the key of the one `keys` before it.
  void tell(int from, int to, int keys = 1'000'000) {
    std::vector<messaging::Event> events;
    for (int n = from; n <= to; ++n) {
      messaging::Event event;
      event.topic = topic;
      event.key = std::to_string(n % keys);
      event.value = std::to_string(n);
      events.push_back(event);
    }
    producer->produce(events);
  }

  std::multiset<std::string> seen() {
    std::multiset<std::string> values;
    for (const pg::Row row : pg::Session{connection}.exec(find_seen)) {
      values.emplace(row.text(0));
    }
    return values;
  }
  std::int64_t number(const char* sql) {
    return pg::Session{connection}.exec({sql, sql})[0].integer(0);
  }
};

std::multiset<std::string> numbers(int from, int to) {
  std::multiset<std::string> values;
  for (int n = from; n <= to; ++n) values.insert(std::to_string(n));
  return values;
}

}  // namespace

TEST_CASE("every event is applied once, over restarts too", "[projection]") {
  const bool real_kafka = GENERATE(false, true);
  Cinema cinema{real_kafka};
  cinema.tell(1, 30);
  for (int run = 0; run < 3; ++run) {
    const auto projection = cinema.show();
    const int last = 30 * (run + 1);
    REQUIRE(testing::eventually(20s, [&] { return cinema.seen() == numbers(1, last); }));
    cinema.tell(last + 1, last + 30);
    // Stopped in the middle of what came last.
  }
  const auto projection = cinema.show();
  CHECK(testing::eventually(20s, [&] { return cinema.seen() == numbers(1, 120); }));
  CHECK(cinema.number("SELECT sum(next_offset)::int FROM projection_offset") == 120);
}

TEST_CASE("a failed transaction takes its offsets with it", "[projection]") {
  Cinema cinema;
  std::atomic<int> failures{3};
  cinema.tell(1, 20);
  const auto projection = cinema.show([&](pg::Tx& tx, std::span<const messaging::Event> events) {
    note(tx, events);
    if (failures-- > 0) throw pg::TransientError{"not now"};
  });
  CHECK(testing::eventually(20s, [&] { return cinema.seen() == numbers(1, 20); }));
}

TEST_CASE("a lost connection is no lost and no doubled event", "[projection]") {
  Cinema cinema;
  const auto projection = cinema.show();
  for (int round = 0; round < 5; ++round) {
    cinema.tell(20 * round + 1, 20 * round + 20);
    cinema.number(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE application_name LIKE '%projection%' AND datname = current_database()");
  }
  CHECK(testing::eventually(20s, [&] { return cinema.seen() == numbers(1, 100); }));
}

TEST_CASE("members share the partitions, and each event is seen by one", "[projection]") {
  Cinema cinema;
  const auto first = cinema.show();
  cinema.tell(1, 50);
  auto second = cinema.show();
  cinema.tell(51, 100);
  REQUIRE(testing::eventually(20s, [&] { return cinema.seen() == numbers(1, 100); }));
  second.reset();
  cinema.tell(101, 150);
  CHECK(testing::eventually(20s, [&] { return cinema.seen() == numbers(1, 150); }));
}

TEST_CASE("whoever lost a partition without knowing can't apply its events again", "[projection]") {
  Cinema cinema;
  std::atomic<bool> meddle{true};
  cinema.tell(1, 10);
  // Another process has moved on while this one was about to apply: the first try sees it and
  // goes back to the stored offsets.
  const auto projection = cinema.show([&](pg::Tx& tx, std::span<const messaging::Event> events) {
    note(tx, events);
    if (!meddle.exchange(false)) return;
    throw pg::TransientError{"the commit is in doubt"};
  });
  CHECK(testing::eventually(20s, [&] { return cinema.seen() == numbers(1, 10); }));
  cinema.number(
      "WITH moved AS (UPDATE projection_offset SET next_offset = next_offset + 3 "
      "WHERE partition = (SELECT min(partition) FROM projection_offset WHERE next_offset > 0) "
      "RETURNING 1) SELECT count(*) FROM moved");
  cinema.tell(11, 40);
  // Three events count as applied by somebody else; none comes twice.
  CHECK(testing::eventually(20s, [&] { return cinema.seen().size() == 37; }));
  const auto seen = cinema.seen();
  CHECK(std::set<std::string>{seen.begin(), seen.end()}.size() == seen.size());
}

namespace {

// Can't do 13, nor a batch with it.
void note_but_13(pg::Tx& tx, std::span<const messaging::Event> events) {
  note(tx, events);
  for (const messaging::Event& event : events) {
    if (event.value == "13") throw std::runtime_error{"13 is not understood"};
  }
}

double parked_metric() {
  return metrics::gauge("projection_parked_events", "", {{"projection", "screen"}}).value();
}

}  // namespace

TEST_CASE("an event that can't be applied is parked with its reason, and the others go on",
          "[projection][parked]") {
  Cinema cinema;
  cinema.tell(1, 30);
  const auto projection = cinema.show(note_but_13);
  auto all_but_13 = numbers(1, 30);
  all_but_13.erase("13");
  REQUIRE(testing::eventually(20s, [&] { return cinema.seen() == all_but_13; }));
  CHECK(cinema.number("SELECT sum(next_offset)::int FROM projection_offset") == 30);
  const auto parked = projection::list_parked(cinema.connection, "screen");
  REQUIRE(parked.size() == 1);
  CHECK(parked[0].key == "13");
  CHECK(parked[0].reason == "13 is not understood");
  CHECK(parked[0].attempts == 1);
  CHECK(testing::eventually(20s, [&] { return parked_metric() == 1; }));
  CHECK(projection->problem() == "incomplete: 1 events are parked");
}

TEST_CASE("later events of a parked key wait behind it, in their order", "[projection][parked]") {
  Cinema cinema;
  cinema.tell(1, 40, 5);
  auto projection = cinema.show(note_but_13);
  // 13 and those behind it: 18, 23, 28, 33, 38.
  REQUIRE(testing::eventually(20s, [&] { return cinema.seen().size() == 34; }));
  CHECK(cinema.seen().count("8") == 1);
  CHECK(cinema.seen().count("18") == 0);
  cinema.tell(41, 45, 5);
  REQUIRE(testing::eventually(20s, [&] { return cinema.seen().size() == 38; }));
  CHECK(projection::list_parked(cinema.connection, "screen").size() == 7);

  // A retry that fails changes nothing but the count of attempts.
  const auto failed = projection::retry_parked(cinema.connection, cinema.film(note_but_13));
  CHECK(failed.applied == 0);
  CHECK(failed.left == 7);
  CHECK(projection::list_parked(cinema.connection, "screen")[0].attempts == 2);

  // Mended, beside the live projection.
  const auto mended = projection::retry_parked(cinema.connection, cinema.film());
  CHECK(mended.applied == 7);
  CHECK(mended.left == 0);
  CHECK(cinema.seen() == numbers(1, 45));
  CHECK(testing::eventually(20s, [&] { return projection->problem().empty(); }));
  cinema.tell(46, 50, 5);
  CHECK(testing::eventually(20s, [&] { return cinema.seen() == numbers(1, 50); }));
}

TEST_CASE("a mended program applies what the one before it parked", "[projection][parked]") {
  Cinema cinema;
  cinema.tell(1, 30, 5);
  {
    const auto projection = cinema.show(note_but_13);
    REQUIRE(testing::eventually(20s, [&] { return cinema.seen().size() == 26; }));
  }
  const auto mended = cinema.show();
  CHECK(testing::eventually(20s, [&] { return cinema.seen() == numbers(1, 30); }));
  CHECK(projection::list_parked(cinema.connection, "screen").empty());
}

TEST_CASE("a projection that can't apply anything stops before it has parked everything",
          "[projection][parked]") {
  Cinema cinema;
  cinema.tell(1, 1'200);
  const auto projection = cinema.show([](pg::Tx&, std::span<const messaging::Event>) {
    throw std::runtime_error{"the table is gone"};
  });
  REQUIRE(testing::eventually(60s, [&] {
    return metrics::gauge("projection_stopped", "", {{"projection", "screen"}}).value() == 1;
  }));
  CHECK(cinema.number("SELECT count(*) FROM parked_event") == 1'000);
  CHECK(cinema.number("SELECT sum(next_offset)::int FROM projection_offset") == 1'000);
  CHECK(projection->problem() == "stopped before an event that it can't apply");
}
