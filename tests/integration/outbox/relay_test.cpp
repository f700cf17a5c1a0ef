#include "libs/outbox/relay.hpp"

#include <future>

#include <catch2/catch.hpp>

#include "libs/testing/testing.hpp"

using namespace waybill;
using namespace waybill::testing;

namespace {

constexpr auto kPatience = std::chrono::seconds{10};

// A broker that may be away, or refuse a key.
struct Broker {
  std::mutex mutex;
  std::vector<std::string> told;  // "<key>:<payload>"
  bool away = false;
  std::set<std::string> refused;
  std::promise<void>* stopped = nullptr;  // the next one who tells stands still until it is told
  int purged = 0;

  std::vector<std::string> all() {
    const std::lock_guard guard{mutex};
    return told;
  }
  void set_away(bool value) {
    const std::lock_guard guard{mutex};
    away = value;
  }
};

class FakeSink : public outbox::Sink {
 public:
  explicit FakeSink(Broker& broker) : broker_{broker} {}
  std::vector<bool> publish(std::span<const outbox::OutboxRow> rows) override {
    stand_still();
    const std::lock_guard guard{broker_.mutex};
    std::vector<bool> stored;
    for (const auto& row : rows) {
      stored.push_back(!broker_.away && broker_.refused.erase(row.key + ':' + row.payload) == 0);
      if (stored.back()) broker_.told.push_back(row.key + ':' + row.payload);
    }
    return stored;
  }
  void purge() override {
    const std::lock_guard guard{broker_.mutex};
    ++broker_.purged;
  }

 private:
  // As a process does that was stopped.
  void stand_still() {
    std::promise<void>* stopped = nullptr;
    {
      const std::lock_guard guard{broker_.mutex};
      stopped = std::exchange(broker_.stopped, nullptr);
    }
    if (stopped) stopped->get_future().wait();
  }

  Broker& broker_;
};

struct Office {
  FreshDatabase database{"common"};
  pg::Connection connection{database.options()};
  Broker broker;

  milliseconds standstill{30'000};

  std::unique_ptr<outbox::Relay> relay(std::chrono::milliseconds patience = {}) {
    outbox::RelayOptions options;
    options.patience = patience;
    options.standstill = standstill;
    options.service = "office";
    options.channel = "event";
    options.batch = 10;
    options.poll = std::chrono::milliseconds{20};
    auto relay = std::make_unique<outbox::Relay>(options, database.options(),
                                                 std::make_unique<FakeSink>(broker));
    relay->start();
    return relay;
  }

  void write(const std::string& key, int from, int to) {
    pg::Tx tx{connection};
    for (int n = from; n <= to; ++n) {
      tx.exec({"write",
               "INSERT INTO outbox (channel, target, key, type, headers, payload) "
               "VALUES ('event', 'topic', $1, 'type', '{\"a\": \"b\"}', $2)"},
              key, pg::bytes(std::to_string(n)));
    }
    tx.commit();
  }

  std::int64_t count(const char* sql) {
    return pg::Session{connection}.exec({sql, sql})[0].integer(0);
  }
  bool drained() {
    return eventually(kPatience, [&] { return count("SELECT count(*) FROM outbox") == 0; });
  }
};

std::vector<std::string> numbers(const std::string& key, int from, int to) {
  std::vector<std::string> list;
  for (int n = from; n <= to; ++n) list.push_back(key + ':' + std::to_string(n));
  return list;
}

}  // namespace

TEST_CASE("rows leave in their order, batch after batch, and are kept as sent", "[relay]") {
  Office office;
  office.write("a", 1, 35);
  const auto relay = office.relay();
  REQUIRE(office.drained());
  CHECK(office.broker.all() == numbers("a", 1, 35));
  CHECK(office.count("SELECT count(*) FROM outbox_sent") == 35);
  // In the partition of today, not in the default one.
  CHECK(office.count("SELECT count(*) FROM outbox_sent_default") == 0);
}

TEST_CASE("nothing is lost while the broker is away", "[relay]") {
  Office office;
  office.broker.away = true;
  const auto relay = office.relay();
  office.write("a", 1, 5);
  relay->wake();
  CHECK_FALSE(eventually(std::chrono::milliseconds{200},
                         [&] { return office.count("SELECT count(*) FROM outbox") < 5; }));
  office.broker.set_away(false);
  REQUIRE(office.drained());
  CHECK(office.broker.all() == numbers("a", 1, 5));
}

TEST_CASE("behind a row that failed, those of the same key are told again in order", "[relay]") {
  Office office;
  office.write("a", 1, 3);
  office.write("b", 1, 1);
  office.broker.refused = {"a:2"};
  const auto relay = office.relay();
  REQUIRE(office.drained());
  CHECK(office.broker.all() == std::vector<std::string>{"a:1", "a:3", "b:1", "a:2", "a:3"});
}

TEST_CASE("only one relay is active, and another takes over when its connection dies", "[relay]") {
  Office office;
  const auto first = office.relay();
  REQUIRE(eventually(kPatience, [&] { return first->is_active(); }));
  const auto second = office.relay();
  office.write("a", 1, 20);
  REQUIRE(office.drained());
  CHECK(office.broker.all() == numbers("a", 1, 20));
  CHECK_FALSE(second->is_active());

  office.count(
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
      "WHERE application_name LIKE '%relay.event' AND datname = current_database() AND pid IN "
      "(SELECT pid FROM pg_locks WHERE locktype = 'advisory')");
  office.write("a", 21, 40);
  REQUIRE(office.drained());
  CHECK(office.broker.all() == numbers("a", 1, 40));
  CHECK(eventually(kPatience, [&] { return first->is_active() != second->is_active(); }));
}

TEST_CASE("a relay that ends leaves the lock to the next at once", "[relay]") {
  Office office;
  auto first = office.relay();
  REQUIRE(eventually(kPatience, [&] { return first->is_active(); }));
  const auto second = office.relay();
  first.reset();
  CHECK(eventually(kPatience, [&] { return second->is_active(); }));
}

TEST_CASE("a relay that stands still loses its lock, and marks nothing when it wakes", "[relay]") {
  Office office;
  office.standstill = seconds{1};
  std::promise<void> goes_on;
  office.broker.stopped = &goes_on;
  const auto zombie = office.relay();
  REQUIRE(eventually(kPatience, [&] { return zombie->is_active(); }));
  office.write("a", 1, 5);
  const auto second = office.relay();
  REQUIRE(office.drained());
  CHECK(second->is_active());
  CHECK(office.broker.all() == numbers("a", 1, 5));

  goes_on.set_value();
  CHECK(eventually(kPatience, [&] { return !zombie->is_active(); }));
  office.write("a", 6, 9);
  REQUIRE(office.drained());
  CHECK(office.broker.purged > 0);
  // What it had in its hands was told twice; consumers drop it by its version.
  CHECK(office.count("SELECT count(*) FROM outbox_sent") == 9);
}

TEST_CASE("old days of what was sent are dropped whole", "[relay]") {
  Office office;
  pg::Session session{office.connection};
  session.exec({"old",
                "CREATE TABLE outbox_sent_20200101 PARTITION OF outbox_sent "
                "FOR VALUES FROM ('2020-01-01') TO ('2020-01-02')"});
  const auto relay = office.relay();
  CHECK(eventually(kPatience, [&] {
    return office.count("SELECT count(*) FROM pg_class WHERE relname = 'outbox_sent_20200101'") ==
           0;
  }));
  CHECK(office.count("SELECT count(*) FROM pg_class WHERE relname ~ '^outbox_sent_[0-9]{8}$'") ==
        2);
}

TEST_CASE("what lies there when a relay becomes active has nobody else", "[relay][express]") {
  Office office;
  office.write("a", 1, 25);
  const auto relay = office.relay(std::chrono::hours{1});
  REQUIRE(office.drained());
  CHECK(office.broker.all() == numbers("a", 1, 25));
}

TEST_CASE("a relay with patience leaves a row to the express, and tells it when it stays",
          "[relay][express]") {
  Office office;
  const auto patient = office.relay(std::chrono::hours{1});
  REQUIRE(eventually(kPatience, [&] { return patient->is_active(); }));
  office.write("a", 1, 5);
  patient->wake();
  CHECK_FALSE(eventually(std::chrono::milliseconds{200},
                         [&] { return office.count("SELECT count(*) FROM outbox") < 5; }));
  patient->stop();

  office.count("DELETE FROM outbox RETURNING 1");
  const auto relay = office.relay(std::chrono::milliseconds{50});
  REQUIRE(eventually(kPatience, [&] { return relay->is_active(); }));
  office.write("b", 1, 25);
  REQUIRE(office.drained());
  CHECK(office.broker.all() == numbers("b", 1, 25));
}
