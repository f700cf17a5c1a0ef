// Rebuilding a projection beside its live tables, with the worked example of docs/replay.md.
#include "libs/projection/shadow.hpp"

#include <fstream>
#include <thread>

#include <catch2/catch.hpp>

#include "libs/messaging/memory.hpp"
#include "libs/projection/parking.hpp"
#include "libs/projection/projection.hpp"
#include "libs/testing/testing.hpp"
#include "tests/integration/projection/shelf.hpp"

using namespace waybill;
using namespace std::chrono_literals;

namespace {

constexpr pg::Statement create_shelf{"create_shelf", R"(
  CREATE TABLE shelf (
    product_id uuid    NOT NULL,
    version    bigint  NOT NULL,
    name       text    NOT NULL,
    units      bigint  NOT NULL,
    gone       boolean NOT NULL,
    CONSTRAINT shelf_pk PRIMARY KEY (product_id)
  ))"};
constexpr pg::Statement index_shelf{"index_shelf", "CREATE INDEX shelf_by_units ON shelf (units)"};
constexpr pg::Statement all_rows{
    "all_rows",
    "SELECT coalesce(string_agg(s::text, ';' ORDER BY product_id), '') FROM shelf AS s"};

// Products that change all the time, and their projection.
struct Warehouse {
  testing::FreshDatabase database{"common"};
  pg::Connection connection{database.options()};
  std::unique_ptr<messaging::KafkaBroker> kafka = messaging::make_memory_kafka();
  std::unique_ptr<messaging::EventProducer> producer = kafka->make_producer("test");
  std::vector<Id> products;
  std::vector<std::int64_t> versions;

  explicit Warehouse(std::size_t count = 50) : products(count), versions(count, 0) {
    kafka->create_topic("waybill.products", 4, {});
    pg::Session{connection}.exec(create_shelf);
    pg::Session{connection}.exec(index_shelf);
    for (Id& product : products) product = new_id();
  }

  messaging::Event change(std::size_t index) {
    product::v1::ProductChanged message;
    product::v1::Product& product = *message.mutable_product();
    product.set_id(products[index].to_string());
    product.set_version(++versions[index]);
    product.set_name(fmt::format("thing {}", index));
    product.set_stock_quantity(static_cast<std::int64_t>(index) * 10 + versions[index]);
    messaging::Event event;
    event.topic = "waybill.products";
    event.key = product.id();
    event.headers = {{"ce_type", message.GetDescriptor()->full_name()},
                     {"ce_version", std::to_string(versions[index])}};
    event.value = message.SerializeAsString();
    return event;
  }
  void tell(const std::vector<messaging::Event>& events) { producer->produce(events); }
  // Every product once.
  void tell_all() {
    std::vector<messaging::Event> events;
    for (std::size_t i = 0; i < products.size(); ++i) events.push_back(change(i));
    tell(events);
  }

  // A flow that the live projection can follow.
  void tell_when_read() {
    if (is_caught_up()) tell_all();
  }

  std::unique_ptr<projection::Projection> live(
      projection::Definition definition = shelf::definition()) {
    auto projection =
        std::make_unique<projection::Projection>(std::move(definition), database.options(), *kafka);
    projection->start();
    return projection;
  }
  projection::Shadow shadow(projection::Definition definition = shelf::definition()) {
    return {std::move(definition), database.options(), *kafka};
  }
  // Rebuilds up to the present ends of the topic.
  std::int64_t rebuild(projection::Shadow& shadow, std::size_t workers = 2) {
    shadow.begin();
    const std::atomic<bool> stop{false};
    return shadow.catch_up({}, workers, stop, [](const projection::RebuildProgress&) {});
  }

  std::string rows() { return std::string{pg::Session{connection}.exec(all_rows)[0].text(0)}; }
  std::int64_t number(const std::string& sql) {
    // Statements are kept by name and text for as long as the connection lives.
    static std::map<std::string, std::string> names;
    const auto [entry, is_new] = names.try_emplace(sql);
    if (is_new) entry->second = fmt::format("test_{}", names.size());
    const pg::Statement statement{entry->second.c_str(), entry->first.c_str()};
    return pg::Session{connection}.exec(statement)[0].integer(0);
  }
  bool is_caught_up() {
    std::int64_t all = 0;
    for (const std::int64_t version : versions) all += version;
    return number("SELECT coalesce(sum(next_offset), 0)::bigint FROM public.projection_offset") ==
           all;
  }
};

projection::Definition with_bug() {
  projection::Definition definition = shelf::definition();
  definition.apply = [apply = definition.apply](pg::Tx& tx,
                                                std::span<const messaging::Event> events) {
    apply(tx, events);
    tx.exec({"plant_bug", "UPDATE shelf SET units = units + 1 WHERE name = 'thing 7'"});
  };
  return definition;
}

std::int64_t differences(const projection::Comparison& comparison) {
  return comparison.count();
}

}  // namespace

TEST_CASE("the worked example in the manual is the one that is tested", "[projection][docs]") {
  std::ifstream code{"tests/integration/projection/shelf.hpp"}, text{"docs/replay.md"};
  const std::string shelf{std::istreambuf_iterator<char>{code}, {}};
  const std::string manual{std::istreambuf_iterator<char>{text}, {}};
  REQUIRE(shelf.size() > 500);
  CHECK(manual.find(shelf) != std::string::npos);
}

TEST_CASE("a rebuild gives the same rows as the live projection, while events flow in",
          "[projection][rebuild]") {
  Warehouse warehouse;
  const auto live = warehouse.live();
  for (int i = 0; i < 10; ++i) warehouse.tell_all();
  auto shadow = warehouse.shadow();
  CHECK(warehouse.rebuild(shadow) == 500);
  std::atomic<bool> done{false};
  std::thread flow{[&] {
    while (!done) warehouse.tell_when_read();
  }};
  const auto comparison = shadow.compare(10, 20s);
  done = true;
  flow.join();
  CHECK(differences(comparison) == 0);
  REQUIRE(comparison.tables.size() == 1);
  CHECK(comparison.tables[0].rows == 50);
}

TEST_CASE("a planted bug is caught before the switch, with the rows named",
          "[projection][rebuild]") {
  Warehouse warehouse;
  warehouse.tell_all();
  const auto live = warehouse.live();
  REQUIRE(testing::eventually(20s, [&] { return warehouse.is_caught_up(); }));
  auto shadow = warehouse.shadow(with_bug());
  warehouse.rebuild(shadow, 1);
  const auto [comparison, switched] = shadow.switch_over(0, 10, 20s);
  CHECK_FALSE(switched);
  REQUIRE(comparison.differences.size() == 1);
  const projection::Difference& difference = comparison.differences[0];
  CHECK(difference.key == "{\"product_id\":\"" + warehouse.products[7].to_string() + "\"}");
  CHECK(difference.kind == projection::Difference::Kind::changed);
  CHECK(difference.cause == projection::Difference::Cause::other_code);
  REQUIRE(difference.fields.size() == 1);
  CHECK(difference.fields[0].name == "units");
  CHECK(difference.fields[0].live == "71");
}

TEST_CASE("lost, added and changed rows are told with their cause", "[projection][rebuild]") {
  Warehouse warehouse;
  warehouse.tell_all();
  const auto live = warehouse.live();
  REQUIRE(testing::eventually(20s, [&] { return warehouse.is_caught_up(); }));
  const auto sql = [&](const std::string& text) { warehouse.number(text); };
  const auto id = [&](std::size_t index) { return warehouse.products[index].to_string(); };
  sql("WITH gone AS (DELETE FROM shelf WHERE product_id = '" + id(1) +
      "' RETURNING 1) SELECT count(*) FROM gone");
  sql("WITH old AS (UPDATE shelf SET version = 0 WHERE product_id = '" + id(2) +
      "' RETURNING 1) SELECT count(*) FROM old");
  sql("WITH new AS (INSERT INTO shelf VALUES ('" + new_id().to_string() +
      "', 1, 'ghost', 0, false) RETURNING 1) SELECT count(*) FROM new");
  auto shadow = warehouse.shadow();
  warehouse.rebuild(shadow);
  const auto comparison = shadow.compare(10, 20s);
  CHECK(comparison.tables[0].added == 1);
  CHECK(comparison.tables[0].lost == 1);
  CHECK(comparison.tables[0].changed == 1);
  std::set<std::string> told;
  for (const auto& difference : comparison.differences) {
    told.insert(fmt::format("{} {}", to_string(difference.kind), to_string(difference.cause)));
  }
  CHECK(told == std::set<std::string>{"added behind", "lost untold", "changed behind"});
}

TEST_CASE("reads do not fail during a switch, and the live projection goes on from there",
          "[projection][rebuild]") {
  Warehouse warehouse;
  warehouse.tell_all();
  const auto live = warehouse.live();
  auto shadow = warehouse.shadow();
  warehouse.rebuild(shadow);
  std::atomic<bool> done{false};
  std::atomic<int> failures{0}, reads{0};
  std::thread reader{[&] {
    pg::Connection connection{warehouse.database.options()};
    while (!done) {
      try {
        pg::Session{connection}.exec(all_rows);
        ++reads;
      } catch (const pg::Error&) {
        ++failures;
      }
    }
  }};
  std::thread flow{[&] {
    while (!done) warehouse.tell_when_read();
  }};
  const auto [comparison, switched] = shadow.switch_over(0, 10, 20s);
  CHECK(switched);
  done = true;
  reader.join();
  flow.join();
  CHECK(failures == 0);
  CHECK(reads > 0);
  CHECK_FALSE(shadow.exists());
  REQUIRE(testing::eventually(30s, [&] { return warehouse.is_caught_up(); }));
  // The new table is like the old one, its names too.
  CHECK(warehouse.number("SELECT count(*) FROM pg_indexes WHERE schemaname = 'public' AND "
                         "indexname IN ('shelf_pk', 'shelf_by_units')") == 2);
  CHECK(warehouse.rebuild(shadow) > 0);
  CHECK(differences(shadow.compare(10, 20s)) == 0);
}

TEST_CASE("a switch can be rolled back", "[projection][rebuild]") {
  Warehouse warehouse;
  warehouse.tell_all();
  const auto live = warehouse.live();
  REQUIRE(testing::eventually(20s, [&] { return warehouse.is_caught_up(); }));
  const std::string before = warehouse.rows();
  auto shadow = warehouse.shadow(with_bug());
  CHECK_THROWS_AS(shadow.roll_back(), projection::ShadowError);
  warehouse.rebuild(shadow);
  REQUIRE(shadow.switch_over(1, 10, 20s).second);
  CHECK(warehouse.rows() != before);
  warehouse.tell_all();
  REQUIRE(testing::eventually(20s, [&] { return warehouse.is_caught_up(); }));
  shadow.roll_back();
  // It goes on from where it was at the switch.
  REQUIRE(testing::eventually(20s, [&] { return warehouse.is_caught_up(); }));
  CHECK(warehouse.number("SELECT units FROM shelf WHERE name = 'thing 7'") == 72);
  CHECK(shadow.exists());
}

TEST_CASE("a rebuild that was ended goes on where it was, and two at once are refused",
          "[projection][rebuild]") {
  Warehouse warehouse;
  for (int i = 0; i < 20; ++i) warehouse.tell_all();
  projection::Places half;
  for (const auto& info : warehouse.kafka->partitions("waybill.products")) {
    half[{"waybill.products", info.partition}] = info.end / 2;
  }
  const std::atomic<bool> stop{false};
  const auto quiet = [](const projection::RebuildProgress&) {};
  std::int64_t first = 0;
  {
    auto shadow = warehouse.shadow();
    shadow.begin();
    first = shadow.catch_up(half, 2, stop, quiet);
    CHECK(shadow.places() == half);
    CHECK_THROWS_AS(warehouse.shadow(), projection::ShadowError);
  }
  auto shadow = warehouse.shadow();
  CHECK(first + warehouse.rebuild(shadow) == 1'000);
  const auto live = warehouse.live();
  CHECK(differences(shadow.compare(10, 20s)) == 0);
}

TEST_CASE("what a rebuild can't apply is parked there, and comes along with the switch",
          "[projection][rebuild][parked]") {
  Warehouse warehouse;
  warehouse.tell_all();
  messaging::Event broken = warehouse.change(3);
  broken.value = "\xff\xff";
  warehouse.tell({broken});
  const auto live = warehouse.live();
  REQUIRE(testing::eventually(20s, [&] { return warehouse.is_caught_up(); }));
  auto shadow = warehouse.shadow();
  warehouse.rebuild(shadow);
  REQUIRE(shadow.switch_over(0, 10, 20s).second);
  const auto parked = projection::list_parked(warehouse.connection, "example.shelf");
  REQUIRE(parked.size() == 1);
  CHECK(parked[0].key == warehouse.products[3].to_string());
}

TEST_CASE("a rebuild says so when the live projection stands still", "[projection][rebuild]") {
  Warehouse warehouse;
  warehouse.tell_all();
  auto shadow = warehouse.shadow();
  warehouse.rebuild(shadow);
  CHECK_THROWS_AS(shadow.compare(10, 300ms), projection::ShadowError);
  CHECK_THROWS_AS(shadow.switch_over(1'000, 10, 300ms), projection::ShadowError);
}
