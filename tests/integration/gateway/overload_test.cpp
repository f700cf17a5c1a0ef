#include <catch2/catch.hpp>

#include "libs/metrics/metrics.hpp"
#include "libs/testing/testing.hpp"
#include "tests/integration/gateway/fixture.hpp"

using namespace waybill;
using namespace waybill::gateway;
using namespace std::chrono_literals;

namespace {

constexpr const char* kProduct = R"({"name": "Lamp", "price": "1.00", "stock_quantity": 1})";

Settings one_at_a_time() {
  Settings settings = for_trials();
  settings.commands = 1;
  settings.commands_waiting = 1;
  settings.commands_patience = 10s;
  return settings;
}

double circuit_of(const std::string& service) {
  return metrics::gauge("gateway_circuit_state", "", {{"upstream", service}}).value();
}

double waiting_in_line(const std::string& service) {
  return metrics::gauge("gateway_commands_waiting", "", {{"service", service}}).value();
}

}  // namespace

TEST_CASE("a command that finds the line full is refused at once", "[gateway][overload]") {
  Platform platform{one_at_a_time()};
  platform.has_command("product");
  auto first = platform.send("POST", "/v1/products", kProduct);
  const auto command = platform.take_command("product");
  auto second = platform.send("POST", "/v1/products", kProduct);
  REQUIRE(testing::eventually(3s, [] { return waiting_in_line("product") == 1; }));
  const auto third = platform.ask("POST", "/v1/products", kProduct);
  CHECK(third.status == 503);
  CHECK(member(third, "code") == "unavailable");
  CHECK(third.headers.get("Retry-After") == "1");
  CHECK_FALSE(platform.has_command("product"));

  platform.reply(command, 201, "{}");
  CHECK(first.get().status == 201);
  platform.reply(platform.take_command("product"), 201, "{}");
  CHECK(second.get().status == 201);
}

TEST_CASE("a command that stood in line for too long is not published", "[gateway][overload]") {
  Settings settings = one_at_a_time();
  settings.commands_patience = 50ms;
  Platform platform{settings};
  platform.has_command("product");
  auto first = platform.send("POST", "/v1/products", kProduct);
  const auto command = platform.take_command("product");
  CHECK(platform.ask("POST", "/v1/products", kProduct).status == 503);
  platform.reply(command, 201, "{}");
  CHECK(first.get().status == 201);
  CHECK_FALSE(platform.has_command("product"));
}

TEST_CASE("one service's line does not hold up another's", "[gateway][overload]") {
  Platform platform{one_at_a_time()};
  platform.has_command("product");
  platform.has_command("order");
  auto product = platform.send("POST", "/v1/products", kProduct);
  const auto blocked = platform.take_command("product");
  auto order = platform.send("POST", "/v1/orders/" + new_id().to_string() + "/cancel");
  platform.reply(platform.take_command("order"), 200, "{}");
  CHECK(order.get().status == 200);
  platform.reply(blocked, 201, "{}");
  CHECK(product.get().status == 201);
}

TEST_CASE("a command says until when somebody waits for it", "[gateway][overload]") {
  Platform platform;
  platform.has_command("product");
  auto answer = platform.send("POST", "/v1/products", kProduct);
  const auto command = platform.take_command("product");
  const auto left = std::stoll(command.headers.at("deadline_us")) - to_unix_micros(now());
  CHECK(left > 0);
  CHECK(left <= std::chrono::microseconds{5s}.count());
  platform.reply(command, 201, "{}");
  CHECK(answer.get().status == 201);
}

TEST_CASE("a service learns how much of the caller's time is left", "[gateway][overload]") {
  Settings settings = for_trials();
  settings.deadline = 700ms;
  Platform platform{settings};
  platform.ask("GET", "/v1/products");
  const auto headers = platform.upstream.last_headers();
  const int left = std::stoi(std::string{headers.get("Waybill-Time-Left")});
  CHECK(left > 0);
  CHECK(left <= 700);
}

TEST_CASE("a service that does not answer is left alone after some failures",
          "[gateway][overload]") {
  Settings settings = for_trials();
  settings.upstreams["product"] = "127.0.0.1:1";
  Platform platform{settings};
  for (int i = 0; i < 5; ++i) CHECK(platform.ask("GET", "/v1/products").status == 503);
  CHECK(circuit_of("product") == 2);
  const auto refused = platform.ask("GET", "/v1/products");
  CHECK(refused.status == 503);
  CHECK(refused.headers.get("Retry-After") == "1");
  CHECK(circuit_of("order") == 0);
}
