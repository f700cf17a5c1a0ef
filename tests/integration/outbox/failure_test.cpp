#include <future>

#include <catch2/catch.hpp>

#include "libs/metrics/metrics.hpp"
#include "tests/integration/outbox/gate.hpp"
#include "tests/integration/outbox/house.hpp"

using namespace waybill;
using namespace waybill::testing;

namespace {

constexpr auto kPatience = std::chrono::seconds{10};
const Id kEvil = *Id::parse("00000000-0000-0000-0000-0000000000ff");  // `work` does not take it

// From now on a commit takes so many seconds.
void slow_down_commits(House& house, const char* time) {
  const std::string text = fmt::format(
      "DO $$ BEGIN"
      " CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN PERFORM pg_sleep({}); RETURN NULL; END';"
      " CREATE CONSTRAINT TRIGGER dawdles AFTER INSERT ON work DEFERRABLE INITIALLY DEFERRED"
      " FOR EACH ROW EXECUTE FUNCTION dawdle(); END $$",
      time);
  pg::Session{house.connection()}.exec({"slow_down_commits", text.c_str()});
}

// A house whose processor reaches the database through a gate.
struct GatedHouse {
  std::unique_ptr<Gate> gate;
  House house{{.url = [this](const std::string& url) {
    gate = std::make_unique<Gate>(url);
    return gate->url();
  }}};
};

milliseconds life_in_redis(const std::string& key) {
  const std::string ask = "redis-cli -u " + environment("WAYBILL_REDIS_URL") + " PTTL " + key;
  FILE* answer = popen(ask.c_str(), "r");
  REQUIRE(answer != nullptr);
  long life = 0;
  CHECK(std::fscanf(answer, "%ld", &life) == 1);
  pclose(answer);
  return milliseconds{life};
}

}  // namespace

TEST_CASE("one bad command never fails its neighbours", "[outbox][failure]") {
  House house;
  house.place_orders();
  std::vector<messaging::Message> commands(9, house.message(PlaceOrder{}));
  for (auto& command : commands) command.message_id = new_id().to_string();
  commands[4].message_id = kEvil.to_string();
  house.send_all(commands);
  house.start();

  const auto outcomes = house.outcomes(9);
  REQUIRE(outcomes.size() == 9);
  for (const auto& outcome : outcomes) {
    CHECK(outcome.status() == (outcome.command_id() == kEvil.to_string() ? 500 : 201));
  }
  CHECK(house.count("SELECT count(*) FROM work") == 8);
  CHECK(house.count("SELECT count(*) FROM inbox WHERE dead") == 1);

  const auto dead = house.queued("shop.dead", 1);
  REQUIRE(dead.size() == 1);
  CHECK(dead[0].message_id == kEvil.to_string());
  CHECK(dead[0].headers.at("reason").find("work_not_evil") != std::string::npos);
  CHECK(dead[0].headers.at("attempt") == "1");
  CHECK(dead[0].headers.contains("service_version"));
  CHECK(parse_rfc3339(dead[0].headers.at("first_failed_at")));
}

TEST_CASE("a caller learns nothing of our insides from a dead command", "[outbox][failure]") {
  House house;
  house.place_orders();
  house.start();
  house.send(house.message(PlaceOrder{}, kEvil));
  const auto outcome = house.outcomes(1).at(0);
  const auto problem = boost::json::parse(outcome.body()).as_object();
  CHECK(problem.at("code") == "internal");
  CHECK(outcome.body().find("work") == std::string::npos);
}

TEST_CASE("what nobody can handle is dead at once", "[outbox][failure]") {
  House house;
  house.place_orders();
  house.start();
  auto command = house.message(PlaceOrder{});

  SECTION("an unknown type") {
    command.type = "waybill.order.v1.Nothing";
    house.send(command);
    CHECK(house.outcomes(1).at(0).status() == 500);
  }
  SECTION("a broken body") {
    command.body = "\x0a\xff";
    house.send(command);
    CHECK(house.outcomes(1).at(0).status() == 500);
  }
  SECTION("a content type of its own") {
    command.content_type = "text/plain";
    house.send(command);
    CHECK(house.outcomes(1).at(0).status() == 415);
  }
  SECTION("broken JSON, which is the sender's fault") {
    command.content_type = "application/json";
    command.body = "nonsense";
    house.send(command);
    const auto reply = boost::json::parse(house.replies(1).at(0).body).as_object();
    CHECK(reply.at("status") == "failed");
    CHECK(reply.at("problem").at("code") == "validation-failed");
  }
  CHECK(house.queued("shop.dead", 1).size() == 1);
}

TEST_CASE("JSON commands of other systems are handled, under any message id", "[outbox]") {
  House house;
  house.place_orders();
  house.start();
  auto command = house.message(PlaceOrder{});
  command.type = "order.place";
  command.message_id = "erp/4711";
  command.content_type = "application/json";
  command.body = "{}";
  house.send(command);
  const auto reply = house.replies(1).at(0);
  const auto body = boost::json::parse(reply.body).as_object();
  CHECK(reply.content_type == "application/json");
  CHECK(reply.correlation_id == command.correlation_id);
  CHECK(body.at("status") == "succeeded");
  CHECK(body.at("result").as_object().contains("id"));
  house.send(command);
  CHECK(house.replies(1).at(0).body == reply.body);
  CHECK(house.count("SELECT count(*) FROM work") == 1);
}

TEST_CASE("what is not yet possible climbs the ladder", "[outbox][failure]") {
  House house;
  std::atomic<int> not_yet{0};
  std::atomic<int> tries{0};
  house.handlers.on<PlaceOrder>(
      [&](pg::Tx& tx, std::span<const Command<PlaceOrder>> batch, outbox::Writer&) {
        std::vector<Outcome> outcomes;
        for (const auto& command : batch) {
          ++tries;
          if (not_yet-- > 0) {
            outcomes.push_back(Outcome::retry("address not yet known"));
          } else {
            note(tx, command.id());
            outcomes.push_back(Outcome::ok("{}"));
          }
        }
        return outcomes;
      });

  SECTION("and is done when its time has come") {
    not_yet = 2;
    house.start();
    house.send(house.message(PlaceOrder{}));
    CHECK(house.outcomes(1).at(0).status() == 200);
    CHECK(tries == 3);
  }
  SECTION("and is dead after the last step") {
    not_yet = 3;
    house.start();
    const auto command = house.message(PlaceOrder{});
    house.send(command);
    CHECK(house.outcomes(1).at(0).status() == 500);
    CHECK(tries == 3);
    const auto dead = house.queued("shop.dead", 1);
    REQUIRE(dead.size() == 1);
    CHECK(dead[0].headers.at("reason") == "address not yet known");
    CHECK(dead[0].headers.at("attempt") == "3");

    // Sent again from the dead queue, it is not taken for a repeat.
    auto again = dead[0];
    again.headers.erase("attempt");
    house.send(again);
    CHECK(house.outcomes(1).at(0).status() == 200);
    CHECK(house.count("SELECT count(*) FROM work") == 1);
    CHECK(house.count("SELECT count(*) FROM inbox WHERE dead") == 0);
  }
}

TEST_CASE("a command whose locks are taken is retried, not lost", "[outbox][failure]") {
  House house;
  house.place_orders();
  pg::Connection other{house.database.options()};
  auto lock = std::make_unique<pg::Tx>(other);
  lock->exec({"lock_work", "LOCK TABLE work"});
  const auto& retries = metrics::counter("command_retries_total", "", {{"queue", house.queue}});
  const double before = retries.value();
  house.handlers.on<CancelOrder>(
      [&](pg::Tx& tx, std::span<const Command<CancelOrder>> batch, outbox::Writer&) {
        if (retries.value() > before) lock.reset();  // it has been to the ladder
        tx.exec({"hurry", "SET LOCAL lock_timeout = '20ms'"});
        for (const auto& command : batch) note(tx, command.id());
        return std::vector<Outcome>(batch.size(), Outcome::no_content());
      });
  house.start();
  house.send(house.message(CancelOrder{}));
  CHECK(house.outcomes(1).at(0).status() == 204);
  house.stop();
  CHECK(retries.value() == before + 1);
  CHECK(house.count("SELECT count(*) FROM work") == 1);
}

TEST_CASE("a commit whose answer was lost is not done twice", "[outbox][failure]") {
  GatedHouse gated;
  House& house = gated.house;
  Gate& gate = *gated.gate;
  house.place_orders();
  house.start();
  const Id id = new_id();
  const std::string key = "order:" + id.to_string();
  REQUIRE(eventually(kPatience, [&] {
    house.cache().fill(key, {1, "", "{}"}, std::chrono::minutes{1});
    return house.cached(key) == 1;
  }));
  gate.lose_next_commit_answer();
  house.send(house.message(PlaceOrder{}, id));
  CHECK(house.outcomes(1).at(0).status() == 201);
  CHECK(house.cached(key) == 0);
  CHECK(gate.has_lost_answer());
  CHECK(house.count("SELECT count(*) FROM work") == 1);
  CHECK(house.events(1).size() == 1);
  house.stop();
}

TEST_CASE("a commit that never happened is made up for", "[outbox][failure]") {
  House house;
  house.place_orders();
  // The first commit that touches `work` kills its own connection.
  pg::Session session{house.connection()};
  session.exec({"trap", "CREATE SEQUENCE trap"});
  session.exec({"spring",
                "CREATE FUNCTION spring() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "IF nextval('trap') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); "
                "END IF; RETURN NULL; END $$"});
  session.exec({"arm",
                "CREATE CONSTRAINT TRIGGER arm AFTER INSERT ON work "
                "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION spring()"});
  house.start();
  house.send(house.message(PlaceOrder{}));
  CHECK(house.outcomes(1).at(0).status() == 201);
  CHECK(house.count("SELECT count(*) FROM work") == 1);
  CHECK(house.count("SELECT last_value FROM trap") == 2);
}

TEST_CASE("commands wait in their queue while the database is away", "[outbox][failure]") {
  GatedHouse gated;
  House& house = gated.house;
  Gate& gate = *gated.gate;
  house.place_orders();
  gate.close();
  house.start();
  for (int i = 0; i < 20; ++i) house.send(house.message(PlaceOrder{}));
  CHECK(house.outcomes(0).empty());
  CHECK(house.rabbit->ready("shop.retry.1") == 0u);
  CHECK(house.rabbit->ready("shop.dead") == 0u);
  gate.open();
  CHECK(house.outcomes(20).size() == 20);
  CHECK(house.count("SELECT count(*) FROM work") == 20);
  house.stop();
}

TEST_CASE("a worker that ends while the database is away gives its commands back",
          "[outbox][failure]") {
  GatedHouse gated;
  House& house = gated.house;
  Gate& gate = *gated.gate;
  house.place_orders();
  gate.close();
  house.start();
  house.send(house.message(PlaceOrder{}));
  REQUIRE(eventually(kPatience, [&] { return house.rabbit->ready(house.queue) == 0u; }));
  house.stop();
  CHECK(house.rabbit->ready(house.queue) == 1u);
  gate.open();
  house.start();
  CHECK(house.outcomes(1).size() == 1);
  CHECK(house.count("SELECT count(*) FROM work") == 1);
  house.stop();
}

TEST_CASE("what an answer tells of is stored", "[outbox][failure]") {
  House house;
  house.place_orders();
  slow_down_commits(house, "0.5");
  house.start();
  house.send(house.message(PlaceOrder{}));
  CHECK(house.outcomes(1).size() == 1);
  CHECK(house.count("SELECT count(*) FROM work") == 1);
}

TEST_CASE("a worker that stands still within a transaction does not keep its locks",
          "[outbox][failure]") {
  House house{{.idle_time = milliseconds{300}}};
  std::atomic<int> tries{0};
  std::promise<void> goes_on;
  house.handlers.on<PlaceOrder>(
      [&](pg::Tx& tx, std::span<const Command<PlaceOrder>> batch, outbox::Writer&) {
        for (const auto& command : batch) note(tx, command.id());
        if (++tries == 1) goes_on.get_future().wait();  // as if the process was stopped
        return std::vector<Outcome>(batch.size(), Outcome::no_content());
      });
  house.start();
  house.send(house.message(PlaceOrder{}));
  REQUIRE(eventually(kPatience, [&] { return tries == 1; }));
  pg::Options options = house.database.options();
  options.lock_time = kPatience;
  pg::Connection other{options};
  {
    pg::Tx tx{other};
    CHECK_NOTHROW(tx.exec({"lock_work", "LOCK TABLE work"}));
  }
  goes_on.set_value();
  CHECK(house.outcomes(1).at(0).status() == 204);
  CHECK(house.count("SELECT count(*) FROM work") == 1);
}

TEST_CASE("after a slow commit the cache is told again, before its tombstones go", "[outbox]") {
  House house;
  house.place_orders();
  slow_down_commits(house, "6");  // a second more than half the life of a tombstone
  house.start();
  const Id id = new_id();
  house.send(house.message(PlaceOrder{}, id));
  house.outcomes(1);
  // Set before the commit, it would have less than half of its life left by now.
  CHECK(life_in_redis("order:" + id.to_string()) > cache::kTombstoneLife / 2 + seconds{2});
}
