// What the bot's processes know together, in a real Redis.
#include "tests/integration/bot/world.hpp"

using namespace waybill;
using namespace waybill::bot;
using namespace waybill::bot::test;

namespace {

// A process of the bot, as far as its memory goes.
class Process {
 public:
  explicit Process(const testing::Redis& server, Memory::Options options = {})
      : redis_{std::make_unique<cache::Scripts>(io_.context, redis_options(server))},
        memory{*redis_, new_id().to_string(), options} {
    REQUIRE(eventually(5s, [this] { return redis_->is_connected(); }));
  }
  ~Process() {
    runtime::call_on(io_.context, [this] { redis_->close(); });
  }
  template <class T>
  T wait_for(awaitable<T> work) {
    return boost::asio::co_spawn(io_.context, std::move(work), boost::asio::use_future).get();
  }

 private:
  static cache::Scripts::Options redis_options(const testing::Redis& server) {
    cache::Scripts::Options options;
    options.url = server.url();
    return options;
  }

  Io io_;
  std::unique_ptr<cache::Scripts> redis_;

 public:
  Memory memory;
};

using Kind = Memory::Claim::Kind;
using Verdict = Memory::Verdict;

}  // namespace

TEST_CASE("a state moves once per input, and only from where it was", "[bot][memory]") {
  testing::Redis redis;
  Process process{redis};
  Memory& memory = process.memory;
  CHECK(process.wait_for(memory.finish(1, 2, "a", "", "one")) == Memory::Finish::done);
  CHECK(process.wait_for(memory.begin(1, 2, "a", false))->verdict == Verdict::done);
  CHECK(process.wait_for(memory.begin(1, 2, "b", false))->state == "one");
  CHECK(process.wait_for(memory.finish(1, 2, "b", "other", "two")) == Memory::Finish::conflict);
  CHECK(process.wait_for(memory.begin(1, 2, "b", false))->verdict == Verdict::go);
  CHECK(process.wait_for(memory.finish(1, 2, "a", "one", "two")) == Memory::Finish::done_before);
  CHECK(process.wait_for(memory.begin(1, 2, "c", false))->state == "one");
}

TEST_CASE("the flood limit counts over all processes", "[bot][memory]") {
  testing::Redis redis;
  Memory::Options options;
  options.flood_updates = 2;
  Process first{redis, options};
  Process second{redis, options};
  const auto begin = [&](Process& process, const char* input) {
    return process.wait_for(process.memory.begin(1, 2, input, true))->verdict;
  };
  CHECK(begin(first, "a") == Verdict::go);
  CHECK(begin(second, "b") == Verdict::go);
  CHECK(begin(first, "c") == Verdict::flood_first);
  CHECK(begin(second, "d") == Verdict::flood_silent);
}

TEST_CASE("a message is sent once; what a dead process left behind is uncertain", "[bot][memory]") {
  testing::Redis redis;
  Memory::Options options;
  options.sends_per_second = 100'000;
  Process first{redis, options};
  Process second{redis, options};
  REQUIRE(first.wait_for(first.memory.beat(60s)) == 1);
  CHECK(first.wait_for(first.memory.claim("m", 1, true))->kind == Kind::go);
  CHECK(second.wait_for(second.memory.claim("m", 1, true))->kind == Kind::wait);  // it lives
  REQUIRE(first.wait_for(first.memory.beat(0ms)) == 0);
  CHECK(second.wait_for(second.memory.claim("m", 1, true))->kind == Kind::again);
  CHECK(second.wait_for(second.memory.mark_sent("m")));
  CHECK(first.wait_for(first.memory.claim("m", 1, true))->kind == Kind::sent);
}

TEST_CASE("a chat gets a burst, then one message per pace; others don't wait for it",
          "[bot][memory]") {
  testing::Redis redis;
  Memory::Options options;
  options.sends_per_second = 100'000;
  options.chat_pace = 60s;
  options.chat_burst = 3;
  Process process{redis, options};
  const auto claim = [&](const char* message, std::int64_t chat) {
    return *process.wait_for(process.memory.claim(message, chat, false));
  };
  for (const char* message : {"a", "b", "c"}) CHECK(claim(message, 1).kind == Kind::go);
  const auto fourth = claim("d", 1);
  CHECK(fourth.kind == Kind::wait);
  CHECK(fourth.wait > 50s);
  CHECK(claim("e", 2).kind == Kind::go);
  CHECK(process.wait_for(process.memory.claim("f", 1, true))->kind == Kind::go);  // urgent
}

TEST_CASE("a chat that was told to rest rests, and so does everything", "[bot][memory]") {
  testing::Redis redis;
  Process process{redis};
  Memory& memory = process.memory;
  CHECK(process.wait_for(memory.claim("a", 1, true))->kind == Kind::go);
  REQUIRE(process.wait_for(memory.rest("a", 1, 60s)));
  CHECK(process.wait_for(memory.claim("a", 1, true))->kind == Kind::wait);
  CHECK(eventually(5s,
                   [&] { return process.wait_for(memory.claim("b", 2, true))->kind == Kind::go; }));
  REQUIRE(process.wait_for(memory.rest("b", 0, 60s)));
  CHECK(process.wait_for(memory.claim("c", 3, true))->kind == Kind::wait);
}

TEST_CASE("a lease has one holder until it is given back or runs out", "[bot][memory]") {
  testing::Redis redis;
  Process first{redis};
  Process second{redis};
  CHECK(first.wait_for(first.memory.lease("poll", 60s)));
  CHECK(first.wait_for(first.memory.lease("poll", 60s)));
  CHECK_FALSE(second.wait_for(second.memory.lease("poll", 60s)));
  CHECK(first.wait_for(first.memory.release("poll")));
  CHECK(second.wait_for(second.memory.lease("poll", 60s)));
}

TEST_CASE("without Redis nothing is claimed to be known", "[bot][memory]") {
  testing::Redis redis;
  Process process{redis};
  redis.stop();
  CHECK_FALSE(process.wait_for(process.memory.begin(1, 2, "a", true)).has_value());
  CHECK_FALSE(process.wait_for(process.memory.claim("m", 1, false)).has_value());
  CHECK_FALSE(process.wait_for(process.memory.lease("poll", 1s)));
  redis.start();
  CHECK(eventually(
      10s, [&] { return process.wait_for(process.memory.begin(1, 2, "a", true)).has_value(); }));
}
