// Against a Redis of its own, which the tests stop, freeze and start.
#include "libs/cache/limiter.hpp"

#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

#include "libs/metrics/metrics.hpp"
#include "tests/integration/cache/redis.hpp"

using namespace waybill;
using namespace std::chrono_literals;
using cache::Limit;
using cache::Verdict;
using testing::eventually;
using testing::Redis;

namespace {

// A process that counts calls: an io thread of its own.
class Gateway {
 public:
  explicit Gateway(const Redis& redis, milliseconds answer_time = 500ms)
      : work_{io_.get_executor()},
        limiter_{std::make_unique<cache::Limiter>(io_, options(redis, answer_time))},
        thread_{[this] { io_.run(); }} {}
  ~Gateway() {
    limiter_.reset();
    work_.reset();
    thread_.join();
  }

  std::future<Verdict> start(const std::string& key, Limit limit) {
    return boost::asio::co_spawn(io_, limiter_->admit(key, limit), boost::asio::use_future);
  }
  Verdict admit(const std::string& key, Limit limit) { return start(key, limit).get(); }

 private:
  static cache::Limiter::Options options(const Redis& redis, milliseconds answer_time) {
    cache::Limiter::Options options;
    options.url = redis.url();
    options.answer_time = answer_time;
    return options;
  }

  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unique_ptr<cache::Limiter> limiter_;
  std::thread thread_;
};

bool counts_alone() {
  return metrics::exposition().find("\nrate_limit_fallback 1") != std::string::npos;
}

// Counts over Redis from here on.
void wait_until_shared(Gateway& gateway) {
  REQUIRE(eventually(5s, [&] {
    gateway.admit(new_id().to_string(), {1, 1s});
    return !counts_alone();
  }));
}

constexpr Limit kTen{10, 60s};

}  // namespace

TEST_CASE("all gateways together admit as many as the limit says", "[cache][limit]") {
  const Redis redis;
  Gateway one{redis};
  Gateway other{redis};
  wait_until_shared(one);
  wait_until_shared(other);
  std::vector<std::future<Verdict>> calls;
  for (int i = 0; i < 40; ++i) {
    calls.push_back(one.start("a", kTen));
    calls.push_back(other.start("a", kTen));
  }
  int admitted = 0;
  std::set<std::int64_t> left;
  for (auto& call : calls) {
    const Verdict verdict = call.get();
    if (!verdict.admitted) continue;
    ++admitted;
    left.insert(verdict.left);
  }
  CHECK(admitted == 10);
  CHECK(left.size() == 10);  // each of them saw another rest
  CHECK(one.admit("b", kTen).left == 9);
}

TEST_CASE("a refused call does not count and passes after the time that it was told",
          "[cache][limit]") {
  const Redis redis;
  Gateway gateway{redis};
  Gateway other{redis};
  wait_until_shared(gateway);
  wait_until_shared(other);
  constexpr Limit two{2, 1s};
  CHECK(gateway.admit("a", two).admitted);
  CHECK(gateway.admit("a", two).admitted);
  const Verdict refused = other.admit("a", two);
  REQUIRE_FALSE(refused.admitted);
  CHECK(refused.next > 0us);
  CHECK(refused.next <= 1s);
  const auto passes_at = std::chrono::steady_clock::now() + refused.next;
  bool too_early = false;
  CHECK(eventually(3s, [&] {
    const bool admitted = other.admit("a", two).admitted;
    too_early = too_early || (admitted && std::chrono::steady_clock::now() < passes_at - 5ms);
    return admitted;
  }));
  CHECK_FALSE(too_early);
  CHECK(std::chrono::steady_clock::now() < passes_at + 500ms);
}

TEST_CASE("without Redis a gateway counts for itself", "[cache][limit]") {
  Redis redis;
  redis.stop();
  Gateway gateway{redis};
  for (int i = 0; i < 10; ++i) CHECK(gateway.admit("a", kTen).admitted);
  const Verdict refused = gateway.admit("a", kTen);
  CHECK_FALSE(refused.admitted);
  CHECK(refused.next > 50s);
  CHECK(counts_alone());
}

TEST_CASE("a Redis that goes and comes lets nobody in twice as often", "[cache][limit]") {
  Redis redis;
  Gateway gateway{redis};
  wait_until_shared(gateway);
  for (int i = 0; i < 6; ++i) CHECK(gateway.admit("a", kTen).admitted);
  redis.stop();
  for (int i = 0; i < 4; ++i) CHECK(gateway.admit("a", kTen).admitted);
  CHECK_FALSE(gateway.admit("a", kTen).admitted);
  redis.start();
  wait_until_shared(gateway);
  CHECK_FALSE(gateway.admit("a", kTen).admitted);
}

TEST_CASE("a Redis that hangs delays a call by its time limit at most", "[cache][limit]") {
  Redis redis;
  Gateway gateway{redis, 20ms};
  wait_until_shared(gateway);
  redis.freeze();
  const auto start = std::chrono::steady_clock::now();
  CHECK(gateway.admit("a", kTen).admitted);
  CHECK(std::chrono::steady_clock::now() - start < 500ms);
  CHECK(counts_alone());
  redis.thaw();
  wait_until_shared(gateway);
}
