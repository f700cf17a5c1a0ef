#include "libs/pg/pg.hpp"

#include <catch2/catch.hpp>

#include "libs/testing/calls.hpp"
#include "libs/testing/testing.hpp"

using namespace waybill;
using namespace std::chrono_literals;

namespace {

namespace sql {

constexpr pg::Statement create_thing{
    "create_thing",
    "CREATE TABLE thing (id uuid CONSTRAINT thing_pk PRIMARY KEY, "
    "amount int NOT NULL CONSTRAINT thing_positive CHECK (amount > 0), at timestamptz, "
    "data bytea, name text)"};
constexpr pg::Statement insert_thing{
    "insert_thing", "INSERT INTO thing (id, amount, at, data, name) VALUES ($1, $2, $3, $4, $5)"};
constexpr pg::Statement insert_things{
    "insert_things",
    "INSERT INTO thing (id, amount, name) SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[])"};
constexpr pg::Statement find_thing{"find_thing",
                                   "SELECT id, amount, at, data, name FROM thing WHERE id = $1"};
constexpr pg::Statement find_things{"find_things",
                                    "SELECT amount, name FROM thing ORDER BY amount"};
constexpr pg::Statement add_amount{"add_amount",
                                   "UPDATE thing SET amount = amount + $2 WHERE id = $1"};
constexpr pg::Statement lock_thing{"lock_thing", "SELECT id FROM thing WHERE id = $1 FOR UPDATE"};
constexpr pg::Statement count_things{"count_things", "SELECT count(*) FROM thing"};
constexpr pg::Statement own_pid{"own_pid", "SELECT pg_backend_pid()"};
constexpr pg::Statement kill{"kill", "SELECT pg_terminate_backend($1)"};
constexpr pg::Statement is_there{"is_there",
                                 "SELECT count(*) FROM pg_stat_activity WHERE pid = $1"};
constexpr pg::Statement nap{"nap", "SELECT pg_sleep(5)"};

}  // namespace sql

struct Database {
  testing::FreshDatabase fresh{"common"};
  pg::Connection connection{fresh.options()};
  pg::Session session{connection};

  Database() { session.exec(sql::create_thing); }

  Id insert(std::int64_t amount = 1) {
    const Id id = new_id();
    pg::Tx tx{connection};
    tx.exec(sql::insert_thing, id, amount, std::nullopt, std::nullopt, "name");
    tx.commit();
    return id;
  }
  std::int64_t amount(const Id& id) { return session.exec(sql::find_thing, id)[0].integer(1); }
  std::int64_t count() { return session.exec(sql::count_things)[0].integer(0); }

  // Ends another connection from the server's side and waits until it is gone.
  void kill(pg::Connection& victim) {
    const auto pid = pg::Session{victim}.exec(sql::own_pid)[0].integer(0);
    kill_backend(pid);
  }
  void kill_backend(std::int64_t pid) {
    session.exec(sql::kill, pid);
    testing::eventually(5s, [&] { return session.exec(sql::is_there, pid)[0].integer(0) == 0; });
  }
};

}  // namespace

TEST_CASE("values come back as they went in", "[pg]") {
  Database db;
  const Id id = new_id();
  const Instant at = from_unix_micros(1'769'851'800'123'456);
  const std::string data{"\0\xff\\'", 4};
  {
    pg::Tx tx{db.connection};
    tx.exec(sql::insert_thing, id, 5, at, pg::bytes(data), "it's {\"a\"}, \\ ünd");
    tx.commit();
  }
  const pg::Rows rows = db.session.exec(sql::find_thing, id);
  REQUIRE(rows.size() == 1);
  const pg::Row row = rows[0];
  CHECK(row.id(0) == id);
  CHECK(row.integer(1) == 5);
  CHECK(row.instant(2) == at);
  CHECK(row.bytes(3) == data);
  CHECK(row.text(4) == "it's {\"a\"}, \\ ünd");
  CHECK(db.session.exec(sql::find_thing, new_id()).empty());
}

TEST_CASE("a set of rows goes in by one statement", "[pg]") {
  Database db;
  pg::Array ids, amounts, names;
  for (int i = 1; i <= 3; ++i) {
    ids.add(new_id());
    amounts.add(i);
    names.add(i == 2 ? pg::Param{std::nullopt} : pg::Param{"a'\"\\{}," + std::to_string(i)});
  }
  pg::Tx tx{db.connection};
  CHECK(tx.exec(sql::insert_things, ids, amounts, names).affected() == 3);
  tx.commit();
  std::vector<std::string> seen;
  for (const pg::Row row : db.session.exec(sql::find_things)) {
    seen.push_back(row.maybe_text(1).value_or("-"));
  }
  CHECK(seen == std::vector<std::string>{"a'\"\\{},1", "-", "a'\"\\{},3"});
}

TEST_CASE("parameters too large to travel with others are bound alone", "[pg]") {
  Database db;
  const Id id = new_id();
  const std::string name(200'000, '\'');
  {
    pg::Tx tx{db.connection};
    tx.later(sql::insert_thing, id, 1, std::nullopt, std::nullopt, name);
    tx.exec(sql::add_amount, id, 1);
    tx.commit();
  }
  CHECK(db.session.exec(sql::find_thing, id)[0].text(4) == name);
  CHECK(db.amount(id) == 2);
}

TEST_CASE("what the database is asked is timed by its kind, and what it refuses has failed",
          "[pg]") {
  Database db;
  const auto batched = testing::calls("postgresql", "batch", "ok");
  const auto committed = testing::calls("postgresql", "commit", "ok");
  const auto bound = testing::calls("postgresql", "statement", "ok");
  const auto refused = testing::calls("postgresql", "batch", "failed");
  const Id id = db.insert();  // the insert travels with BEGIN
  CHECK(testing::calls("postgresql", "batch", "ok") == batched + 1);
  CHECK(testing::calls("postgresql", "commit", "ok") == committed + 1);
  db.session.exec(sql::find_thing, id);
  CHECK(testing::calls("postgresql", "statement", "ok") == bound + 1);
  pg::Tx tx{db.connection};
  CHECK_THROWS(tx.exec(sql::insert_thing, id, 1, std::nullopt, std::nullopt, "the same"));
  CHECK(testing::calls("postgresql", "batch", "failed") == refused + 1);
}

TEST_CASE("what is not committed has not happened", "[pg]") {
  Database db;
  {
    pg::Tx tx{db.connection};
    tx.exec(sql::insert_thing, new_id(), 1, std::nullopt, std::nullopt, "x");
  }
  {
    pg::Tx tx{db.connection};
    tx.later(sql::insert_thing, new_id(), 1, std::nullopt, std::nullopt, "x");
  }
  CHECK(db.count() == 0);
}

TEST_CASE("what is said later is done in its order", "[pg]") {
  Database db;
  const Id id = new_id();
  {
    pg::Tx tx{db.connection};
    tx.later(sql::insert_thing, id, 1, std::nullopt, std::nullopt, "x");
    tx.later(sql::add_amount, id, 10);
    CHECK(tx.exec(sql::find_thing, id)[0].integer(1) == 11);
    tx.later(sql::add_amount, id, 100);
    tx.commit();
  }
  CHECK(db.amount(id) == 111);
}

TEST_CASE("constraints are told by name, and the connection stays usable", "[pg]") {
  Database db;
  const Id id = db.insert();
  const auto constraint_of = [&](auto... values) {
    std::string name;
    try {
      pg::Tx tx{db.connection};
      tx.later(sql::insert_thing, values..., std::nullopt, std::nullopt, "x");
      tx.commit();
    } catch (const pg::ConstraintError& error) {
      name = error.constraint();
    }
    return name;
  };
  CHECK(constraint_of(id, 1) == "thing_pk");
  CHECK(constraint_of(new_id(), -1) == "thing_positive");
  CHECK(constraint_of(new_id(), std::optional<int>{}) == "amount");  // not null: the column
  CHECK(db.count() == 1);
}

TEST_CASE("a broken statement is no reason to try again", "[pg]") {
  Database db;
  const pg::Statement broken{"broken", "SELECT nothing FROM nowhere"};
  bool transient = false;
  try {
    db.session.exec(broken);
    FAIL("accepted");
  } catch (const pg::TransientError&) {
    transient = true;
  } catch (const pg::Error&) {
  }
  CHECK_FALSE(transient);
  CHECK(db.count() == 0);
}

TEST_CASE("a text with a zero byte is refused, not cut", "[pg]") {
  Database db;
  pg::Tx tx{db.connection};
  CHECK_THROWS_AS(
      tx.exec(sql::insert_thing, new_id(), 1, std::nullopt, std::nullopt, std::string{"a\0b", 3}),
      pg::Error);
}

TEST_CASE("taken locks, deadlocks and slow statements may be tried again", "[pg]") {
  Database db;
  pg::Options hurried = db.fresh.options();
  hurried.lock_time = 50ms;
  hurried.statement_time = 200ms;
  pg::Connection other{hurried};
  SECTION("a lock") {
    const Id id = db.insert();
    pg::Tx holder{db.connection};
    holder.exec(sql::lock_thing, id);
    pg::Tx tx{other};
    CHECK_THROWS_AS(tx.exec(sql::lock_thing, id), pg::TransientError);
  }
  SECTION("a slow statement") {
    pg::Tx tx{other};
    CHECK_THROWS_AS(tx.exec(sql::nap), pg::TransientError);
  }
}

TEST_CASE("a connection that died while idle is replaced without a word", "[pg]") {
  Database db;
  const Id id = db.insert();
  pg::Connection victim{db.fresh.options()};
  db.kill(victim);
  SECTION("before a read") {
    CHECK(pg::Session{victim}.exec(sql::find_thing, id).size() == 1);
  }
  SECTION("before a transaction") {
    pg::Tx tx{victim};
    tx.exec(sql::add_amount, id, 1);
    tx.commit();
    CHECK(db.amount(id) == 2);
  }
}

TEST_CASE("a connection that holds a lock dies loudly", "[pg]") {
  Database db;
  pg::Options options = db.fresh.options();
  options.reopen = false;
  pg::Connection keeper{options};
  pg::Session session{keeper};
  CHECK_THROWS_AS(session.exec(sql::own_pid), pg::TransientError);  // nobody has opened it
  keeper.ensure_open();
  db.kill(keeper);
  CHECK_THROWS_AS(session.exec(sql::own_pid), pg::TransientError);
  CHECK_THROWS_AS(session.exec(sql::own_pid), pg::TransientError);
  keeper.ensure_open();
  CHECK(session.exec(sql::own_pid).size() == 1);
}

TEST_CASE("a connection lost within a transaction rolls it back", "[pg]") {
  Database db;
  const Id id = db.insert();
  pg::Connection victim{db.fresh.options()};
  pg::Tx tx{victim};
  const auto pid = tx.exec(sql::own_pid)[0].integer(0);
  tx.exec(sql::add_amount, id, 1);
  db.kill_backend(pid);
  SECTION("seen by a statement: it has surely not happened") {
    try {
      tx.exec(sql::add_amount, id, 1);
      FAIL("accepted");
    } catch (const pg::InDoubtError&) {
      FAIL("there is no doubt");
    } catch (const pg::TransientError&) {
    }
  }
  SECTION("seen by the commit: nobody can tell") {
    CHECK_THROWS_AS(tx.commit(), pg::InDoubtError);
  }
  CHECK(db.amount(id) == 1);
}

TEST_CASE("a server that is away is unavailable", "[pg]") {
  pg::Options options;
  options.url = "postgresql://nobody@127.0.0.1:1/nothing";
  pg::Connection connection{options};
  CHECK_THROWS_AS(connection.ensure_open(), pg::UnavailableError);
  CHECK_THROWS_AS(pg::Session{connection}.exec(sql::own_pid), pg::UnavailableError);
}

TEST_CASE("a notification wakes who listens", "[pg]") {
  Database db;
  pg::Connection listener{db.fresh.options()};
  listener.listen("news");
  CHECK_FALSE(listener.wait_notification(1ms));
  db.session.exec({"tell", "SELECT pg_notify('news', '')"});
  CHECK(listener.wait_notification(5s));
  CHECK_FALSE(listener.wait_notification(1ms));
}

TEST_CASE("a pool lends each connection to one at a time", "[pg]") {
  Database db;
  pg::Pool pool{db.fresh.options(), 2};
  auto first = std::make_unique<pg::Pool::Lease>(pool.take());
  const auto second = pool.take();
  CHECK_THROWS_AS(pool.take(10ms), pg::TransientError);
  std::thread waiting{[&] {
    auto lease = pool.take(5s);
    CHECK(pg::Session{*lease}.exec(sql::count_things).size() == 1);
  }};
  first.reset();
  waiting.join();
}

TEST_CASE("statements of one name must be one statement", "[pg]") {
  Database db;
  db.session.exec({"twin", "SELECT 1"});
  CHECK_NOTHROW(db.session.exec({"twin", "SELECT 1"}));
  CHECK_THROWS(db.session.exec({"twin", "SELECT 2"}));
}

TEST_CASE("the server notices within half a minute that its client has vanished", "[pg]") {
  Database db;
  pg::Connection connection{db.fresh.options()};
  // (Through a Unix socket nobody can vanish: there it reads as zero.)
  constexpr pg::Statement keepalive{
      "keepalive", "SELECT setting, reset_val FROM pg_settings WHERE name = 'tcp_keepalives_idle'"};
  CHECK(pg::Session{connection}.exec(keepalive)[0].text(1) == "10");
}
