#include "libs/async/async.hpp"

#include <catch2/catch.hpp>

#include "libs/metrics/metrics.hpp"

using namespace std::chrono_literals;
namespace async = waybill::async;

namespace {

async::awaitable<void> fail() {
  co_await async::pause(1ms);
  throw std::runtime_error("on purpose");
}

async::awaitable<void> wait(async::Event& event, std::chrono::milliseconds most,
                            std::vector<bool>& results) {
  const bool set = co_await event.wait_for(most);
  results.push_back(set);
}

async::awaitable<void> set_after(async::Event& event, std::chrono::milliseconds delay) {
  co_await async::pause(delay);
  event.set();
}

template <class Job>
async::awaitable<void> offload_to(boost::asio::thread_pool& pool, Job& job, std::string& result) {
  try {
    result = co_await async::offload(pool, job);
  } catch (const std::exception& error) {
    result = std::string{"threw "} + error.what();
  }
}

struct Fixture {
  boost::asio::io_context io{1};
  void spawn(async::awaitable<void> task) {
    async::spawn(io.get_executor(), std::move(task), "test");
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a coroutine that fails is counted and harms nobody", "[async]") {
  auto& failed = waybill::metrics::counter("tasks_failed_total", "", {{"task", "test"}});
  const double before = failed.value();
  spawn(fail());
  io.run();
  CHECK(failed.value() == before + 1);
}

TEST_CASE_METHOD(Fixture, "a pause lasts as long as it says, and others run meanwhile", "[async]") {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) spawn(async::pause(20ms));
  io.run();
  const auto elapsed = std::chrono::steady_clock::now() - start;
  CHECK(elapsed >= 20ms);
  CHECK(elapsed < 1s);
}

TEST_CASE_METHOD(Fixture, "an event wakes all who wait for it", "[async][event]") {
  async::Event event{io};
  std::vector<bool> results;
  spawn(wait(event, 10s, results));
  spawn(wait(event, 20s, results));
  spawn(set_after(event, 5ms));
  io.run();
  CHECK(results == std::vector<bool>{true, true});
}

TEST_CASE_METHOD(Fixture, "waiting for an event ends with its own time", "[async][event]") {
  async::Event event{io};
  std::vector<bool> results;
  spawn(wait(event, 5ms, results));
  spawn(wait(event, 10s, results));
  spawn(set_after(event, 50ms));
  io.run();
  CHECK(results == std::vector<bool>{false, true});
}

TEST_CASE_METHOD(Fixture, "an event that is set lets everybody pass", "[async][event]") {
  async::Event event{io};
  event.set();
  std::vector<bool> results;
  spawn(wait(event, 0ms, results));
  io.run();
  CHECK(results == std::vector<bool>{true});
}

TEST_CASE_METHOD(Fixture, "an offloaded job runs on the pool and brings its result back",
                 "[async][offload]") {
  boost::asio::thread_pool pool{1};
  const auto here = std::this_thread::get_id();
  auto job = [here] { return std::string{std::this_thread::get_id() == here ? "here" : "there"}; };
  std::string result;
  spawn(offload_to(pool, job, result));
  io.run();
  CHECK(result == "there");
}

TEST_CASE_METHOD(Fixture, "an offloaded job's exception arrives at who awaits it",
                 "[async][offload]") {
  boost::asio::thread_pool pool{1};
  auto job = []() -> std::string { throw std::runtime_error("no"); };
  std::string result;
  spawn(offload_to(pool, job, result));
  io.run();
  CHECK(result == "threw no");
}
