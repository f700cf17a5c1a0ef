#include "libs/async/gate.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
namespace async = waybill::async;

namespace {

constexpr auto kNever = std::chrono::steady_clock::time_point::max();

struct Fixture {
  boost::asio::io_context io{1};
  async::Gate gate{io, {2, 1, 20ms}};
  std::vector<std::string> told;

  async::awaitable<void> visit(std::string name, std::chrono::milliseconds stay,
                               std::chrono::steady_clock::time_point deadline = kNever) {
    const auto pass = co_await gate.enter(deadline);
    told.push_back(name + (pass ? " in" : " refused"));
    if (!pass) co_return;
    co_await async::pause(stay);
    told.push_back(name + " out");
  }

  void spawn(async::awaitable<void> task) {
    async::spawn(io.get_executor(), std::move(task), "test");
  }
};

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(Fixture, "who finds all places and the line taken is refused at once", "[gate]") {
  for (const char* name : {"a", "b", "c", "d"}) spawn(visit(name, 5ms));
  io.run();
  REQUIRE(told.size() == 7);
  CHECK(Told{told.begin(), told.begin() + 3} == Told{"a in", "b in", "d refused"});
  CHECK(told.back() == "c out");
  CHECK(gate.at_work() == 0);
}

TEST_CASE_METHOD(Fixture, "who stands in line too long is refused and makes room", "[gate]") {
  for (const char* name : {"a", "b", "c"}) spawn(visit(name, 60ms));
  io.run_for(40ms);
  CHECK(told == Told{"a in", "b in", "c refused"});
  CHECK(gate.in_line() == 0);
  CHECK_FALSE(gate.is_full());
}

TEST_CASE_METHOD(Fixture, "nobody waits beyond his deadline", "[gate]") {
  gate.set_limits({1, 1, 10s});
  spawn(visit("a", 100ms));
  spawn(visit("b", 1ms, std::chrono::steady_clock::now() + 5ms));
  io.run_for(50ms);
  CHECK(told == Told{"a in", "b refused"});
}

TEST_CASE_METHOD(Fixture, "a gate that narrows lets out first", "[gate]") {
  spawn(visit("a", 5ms));
  spawn(visit("b", 10ms));
  spawn(visit("c", 1ms));
  io.poll();
  gate.set_limits({1, 1, 1s});
  io.run();
  CHECK(told == Told{"a in", "b in", "a out", "b out", "c in", "c out"});
}

TEST_CASE("who waits when the gate goes is let in by who leaves", "[gate]") {
  boost::asio::io_context io{1};
  auto gate = std::make_unique<async::Gate>(io, async::Gate::Limits{1, 1, 1s});
  auto pass = std::make_unique<async::Gate::Pass>();
  bool entered = false;
  const auto enter = [&](bool first) -> async::awaitable<void> {
    auto own = co_await gate->enter(kNever);
    entered = !first && own;
    if (first) pass = std::make_unique<async::Gate::Pass>(std::move(own));
  };
  async::spawn(io.get_executor(), enter(true), "test");
  async::spawn(io.get_executor(), enter(false), "test");
  io.poll();
  gate.reset();
  pass.reset();
  io.run();
  CHECK(entered);
}
