// State in Redis that changes by scripts, in a real one.
#include "libs/cache/scripts.hpp"

#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

#include "tests/integration/cache/redis.hpp"

using namespace waybill;
using namespace std::chrono_literals;
using cache::Scripts;
using cache::Value;
using testing::eventually;

namespace {

class Client {
 public:
  explicit Client(const testing::Redis& redis) {
    Scripts::Options options;
    options.url = redis.url();
    options.answer_time = 300ms;
    scripts_ = std::make_unique<Scripts>(io_, options);
    thread_ = std::thread{[this] { io_.run(); }};
    REQUIRE(eventually(5s, [this] { return scripts_->is_connected(); }));
  }
  ~Client() {
    boost::asio::post(io_, [this] { scripts_->close(); });
    work_.reset();
    thread_.join();
  }

  std::optional<Value> run(std::string_view script, std::vector<std::string> keys = {},
                           std::vector<std::string> arguments = {}) {
    return boost::asio::co_spawn(io_, scripts_->run(script, std::move(keys), std::move(arguments)),
                                 boost::asio::use_future)
        .get();
  }
  bool is_connected() const { return scripts_->is_connected(); }

 private:
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      io_.get_executor()};
  std::unique_ptr<Scripts> scripts_;
  std::thread thread_;
};

}  // namespace

TEST_CASE("a script's answer comes as it is", "[cache][scripts]") {
  testing::Redis redis;
  Client client{redis};
  CHECK(client.run("return 7")->integer == 7);
  CHECK(client.run("return ARGV[1] .. KEYS[1]", {"b"}, {"a"})->text == "ab");
  CHECK(client.run("return redis.call('GET', KEYS[1])", {"none"})->kind == Value::Kind::nil);
  const auto list = client.run("return {'wait', 5}");
  REQUIRE(list->items.size() == 2);
  CHECK(list->items[0].text == "wait");
  CHECK(list->items[1].integer == 5);
}

TEST_CASE("a script that fails is no answer, and the link stays", "[cache][scripts]") {
  testing::Redis redis;
  Client client{redis};
  CHECK_FALSE(client.run("return redis.call('NOTHING')"));
  CHECK(client.run("return 1")->integer == 1);
}

TEST_CASE("who is slower than the limit counts as away, and comes back", "[cache][scripts]") {
  testing::Redis redis;
  Client client{redis};
  redis.freeze();
  CHECK_FALSE(client.run("return 1"));
  redis.thaw();
  CHECK(eventually(10s, [&] { return client.run("return 1").has_value(); }));
}
