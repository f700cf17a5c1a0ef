// Against a Redis of its own, which the tests stop, freeze and start.
#include "libs/cache/cache.hpp"

#include <csignal>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

#include "libs/testing/calls.hpp"
#include "tests/integration/cache/redis.hpp"

using namespace waybill;
using namespace std::chrono_literals;
using cache::Representation;
using testing::eventually;
using testing::Redis;

namespace {

// A process that uses the cache: an io thread of its own.
class User {
 public:
  explicit User(const Redis& redis)
      : work_{io_.get_executor()},
        cache_{std::make_unique<cache::Cache>(
            io_, cache::Cache::Options{.url = redis.url(), .read_time = 200ms})},
        thread_{[this] { io_.run(); }} {}
  ~User() {
    cache_.reset();
    work_.reset();
    thread_.join();
  }

  bool connected() {
    return eventually(5s, [&] { return cache_->is_connected(); });
  }
  std::optional<Representation> get(const std::string& key) {
    auto read = cache_->get(key);
    return boost::asio::co_spawn(io_, std::move(read), boost::asio::use_future).get();
  }
  void fill(const std::string& key, std::int64_t version) {
    cache_->fill(key, {version, "", "v" + std::to_string(version)}, 60s);
  }
  void invalidate(const std::string& key, std::int64_t version) {
    const cache::Invalidation entry{key, version};
    cache_->invalidate({&entry, 1});
  }
  // The version that a reader gets; 0 for none.
  std::int64_t version(const std::string& key) {
    const auto value = get(key);
    return value ? value->version : 0;
  }
  cache::Cache& cache() { return *cache_; }

 private:
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unique_ptr<cache::Cache> cache_;
  std::thread thread_;
};

}  // namespace

TEST_CASE("what was filled is read with version and owner", "[cache]") {
  Redis redis;
  User user{redis};
  REQUIRE(user.connected());
  CHECK_FALSE(user.get("product:1"));
  user.cache().fill("product:1", {7, "somebody", "{\"a\": 1}"}, 60s);
  REQUIRE(eventually(5s, [&] { return user.version("product:1") == 7; }));
  CHECK(user.get("product:1")->owner == "somebody");
  CHECK(user.get("product:1")->body == "{\"a\": 1}");
}

TEST_CASE("what Redis is asked is timed by command", "[cache]") {
  Redis redis;
  User user{redis};
  REQUIRE(user.connected());
  const auto before = testing::calls("redis", "GET", "ok");
  CHECK_FALSE(user.get("product:1"));
  CHECK(testing::calls("redis", "GET", "ok") == before + 1);
}

TEST_CASE("a fill never replaces a newer version", "[cache]") {
  Redis redis;
  User user{redis};
  REQUIRE(user.connected());
  user.fill("product:1", 3);
  user.fill("product:1", 2);
  user.fill("product:2", 1);  // behind the others on the same link
  REQUIRE(eventually(5s, [&] { return user.version("product:2") == 1; }));
  CHECK(user.version("product:1") == 3);
}

TEST_CASE("a reader that loaded before a change can't store it afterwards", "[cache]") {
  Redis redis;
  User writer{redis};
  User reader{redis};
  REQUIRE(writer.connected());
  REQUIRE(reader.connected());
  writer.invalidate("product:1", 2);  // the change to version 2 has been committed
  CHECK(reader.version("product:1") == 0);
  reader.fill("product:1", 1);  // what the reader loaded before it
  reader.fill("product:2", 1);
  REQUIRE(eventually(5s, [&] { return reader.version("product:2") == 1; }));
  CHECK(reader.version("product:1") == 0);
  reader.fill("product:1", 2);
  CHECK(eventually(5s, [&] { return reader.version("product:1") == 2; }));
}

TEST_CASE("an invalidation leaves what is newer", "[cache]") {
  Redis redis;
  User user{redis};
  REQUIRE(user.connected());
  user.fill("product:1", 5);
  user.invalidate("product:1", 4);  // came late
  CHECK(user.version("product:1") == 5);
  user.invalidate("product:1", 6);
  CHECK(user.version("product:1") == 0);
}

TEST_CASE("without Redis reads miss at once and changes are paid when it is back", "[cache]") {
  Redis redis;
  User user{redis};
  REQUIRE(user.connected());
  user.fill("product:1", 1);
  user.fill("product:2", 1);
  REQUIRE(eventually(5s, [&] { return user.version("product:2") == 1; }));

  SECTION("the link breaks, Redis keeps its values") {
    redis.freeze();  // the hardest case: nobody answers, and the link stands
    const auto before = std::chrono::steady_clock::now();
    user.invalidate("product:1", 2);
    CHECK(std::chrono::steady_clock::now() - before < 1s);
    CHECK(user.version("product:1") == 0);
    REQUIRE(eventually(5s, [&] { return !user.cache().is_connected(); }));
    user.invalidate("product:2", 2);
    redis.thaw();
    REQUIRE(user.connected());
    CHECK(user.version("product:1") == 0);
    CHECK(user.version("product:2") == 0);
  }
  SECTION("Redis dies and comes back empty") {
    redis.stop();
    REQUIRE(eventually(5s, [&] { return !user.cache().is_connected(); }));
    CHECK(user.version("product:1") == 0);
    user.fill("product:1", 1);
    redis.start();
    REQUIRE(user.connected());
    user.fill("product:1", 2);
    CHECK(eventually(5s, [&] { return user.version("product:1") == 2; }));
  }
}

TEST_CASE("more changes than can be remembered drop their whole family, and no other", "[cache]") {
  Redis redis;
  User user{redis};
  REQUIRE(user.connected());
  user.fill("product:1", 1);
  user.fill("order:1", 1);
  REQUIRE(eventually(5s, [&] { return user.version("order:1") == 1; }));
  redis.freeze();
  REQUIRE(eventually(5s, [&] { return !user.cache().is_connected(); }));
  std::vector<cache::Invalidation> changes;
  for (int i = 1; i <= 100'001; ++i) changes.push_back({"product:" + std::to_string(i), 2});
  user.cache().invalidate(changes);
  redis.thaw();
  REQUIRE(user.connected());
  CHECK(user.version("product:1") == 0);
  CHECK(user.version("order:1") == 1);
}

TEST_CASE("a value that nobody of ours wrote is dropped", "[cache]") {
  Redis redis;
  User user{redis};
  REQUIRE(user.connected());
  redis.command("SET product:1 nonsense");
  CHECK_FALSE(user.get("product:1"));
  user.fill("product:1", 1);
  CHECK(eventually(5s, [&] { return user.version("product:1") == 1; }));
}

TEST_CASE("many reads share the link", "[cache]") {
  Redis redis;
  User user{redis};
  REQUIRE(user.connected());
  user.fill("product:1", 1);
  REQUIRE(eventually(5s, [&] { return user.version("product:1") == 1; }));
  std::vector<std::thread> readers;
  std::atomic<int> hits{0};
  for (int i = 0; i < 8; ++i) {
    readers.emplace_back([&] {
      for (int n = 0; n < 200; ++n) hits += user.version("product:1") == 1 ? 1 : 0;
    });
  }
  for (std::thread& reader : readers) reader.join();
  CHECK(hits == 1600);
}
