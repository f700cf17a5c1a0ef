#include "libs/runtime/read_api.hpp"

#include <atomic>
#include <future>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

#include "libs/testing/testing.hpp"

using namespace waybill;
using namespace waybill::runtime;
using namespace std::chrono_literals;

namespace {

// One thread for queries; /gate holds it until it is opened.
struct Fixture {
  Fixture() {
    queries.get("/gate", [this](pg::Session&, const Query&) -> Result<web::Response> {
      ++started;
      gate.get_future().wait();
      return web::Response{200, "text/plain", "through"};
    });
    queries.get("/quick/{id}", [this](pg::Session&, const Query&) -> Result<web::Response> {
      ++started;
      return web::Response{200, "text/plain", "quick"};
    });
  }
  ~Fixture() {
    work.reset();
    io.stop();
    thread.join();
  }

  std::future<web::Response> ask(const std::string& path, const std::string& time_left = "") {
    auto request = std::make_shared<web::Request>();
    request->method = "GET";
    request->path = request->target = path;
    if (!time_left.empty()) request->headers.add("Waybill-Time-Left", time_left);
    return boost::asio::co_spawn(io, answer(request), boost::asio::use_future);
  }

  web::awaitable<web::Response> answer(std::shared_ptr<web::Request> request) {
    web::Response response = co_await api.handle(*request);
    co_return response;
  }

  testing::FreshDatabase database{"common"};
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  cache::Cache cache{io, {}};
  Queries queries;
  std::promise<void> gate;
  std::atomic<int> started{0};
  ReadApi api{io, queries, database.options(), 1, cache};
  std::thread thread{[this] { io.run(); }};
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a read whose time is over when its turn comes is not started",
                 "[runtime][overload]") {
  auto first = ask("/gate");
  REQUIRE(testing::eventually(3s, [&] { return started == 1; }));
  auto hasty = ask("/quick/1", "1");
  auto patient = ask("/quick/2", "30000");
  const auto later = std::chrono::steady_clock::now() + 5ms;
  REQUIRE(testing::eventually(3s, [&] { return std::chrono::steady_clock::now() > later; }));
  gate.set_value();
  CHECK(first.get().status == 200);
  CHECK(hasty.get().status == 503);
  CHECK(patient.get().status == 200);
  CHECK(started == 2);
}

TEST_CASE_METHOD(Fixture, "a read that finds a long line is refused at once",
                 "[runtime][overload]") {
  auto first = ask("/gate");
  REQUIRE(testing::eventually(3s, [&] { return started == 1; }));
  std::vector<std::future<web::Response>> line;
  for (int i = 1; i < 100; ++i) line.push_back(ask("/quick/" + std::to_string(i)));
  const auto refused = ask("/quick/100").get();
  CHECK(refused.status == 503);
  CHECK(refused.headers.get("Retry-After") == "1");
  gate.set_value();
  for (auto& answer : line) CHECK(answer.get().status == 200);
}
