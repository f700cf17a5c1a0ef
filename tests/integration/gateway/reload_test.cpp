#include <catch2/catch.hpp>

#include "libs/testing/testing.hpp"
#include "tests/integration/gateway/fixture.hpp"

using namespace waybill;
using namespace waybill::gateway;
using namespace std::chrono_literals;

namespace {

constexpr const char* kProduct = R"({"name": "Lamp", "price": "1.00", "stock_quantity": 1})";

contract::Contract without_products() {
  return contract::Contract::load({"services/gateway/api.yaml"});
}

}  // namespace

TEST_CASE("a request ends by the contract that it began with", "[gateway][reload]") {
  Platform platform;
  platform.has_command("product");
  auto begun = platform.send("POST", "/v1/products", kProduct);
  const auto command = platform.take_command("product");
  platform.on_io(
      [&](Gateway& gateway) { gateway.set_rules(gateway.make_rules(without_products())); });
  CHECK(platform.ask("GET", "/v1/products").status == 404);
  CHECK(platform.ask("GET", "/openapi.json").body.find("/v1/products") == std::string::npos);
  platform.reply(command, 201, "{}");
  CHECK(begun.get().status == 201);
}

TEST_CASE("a stream goes on when the contract changes", "[gateway][reload]") {
  Platform platform;
  const Id id = new_id();
  const std::string path = "/v1/orders/" + id.to_string();
  web::Response order{200, "application/json", order_json(id, 1, "PENDING")};
  order.headers.add("ETag", "\"1\"");
  platform.upstream.put(path, order);
  EventStream stream{platform.port(), path + "/events"};
  REQUIRE(stream.read_until("PENDING").find("200 OK") != std::string::npos);
  platform.on_io(
      [&](Gateway& gateway) { gateway.set_rules(gateway.make_rules(without_products())); });
  platform.tell_order(id, 2, "PAID");
  CHECK(stream.read_until("PAID").find("PAID") != std::string::npos);
}

TEST_CASE("limits and origins change while requests run", "[gateway][reload]") {
  Platform platform;
  const HeaderList from_shop{{"Origin", "https://shop.example"}};
  CHECK_FALSE(platform.ask("GET", "/v1/health", "", from_shop).headers.has("Vary"));
  Settings next;
  next.cors_origins = {"https://shop.example"};
  next.limit_texts["default"] = "1/60";
  platform.on_io([&](Gateway& gateway) { gateway.set(next); });
  CHECK(
      platform.ask("GET", "/v1/health", "", from_shop).headers.has("Access-Control-Allow-Origin"));
}

TEST_CASE("a contract that names what is not there is refused", "[gateway][reload]") {
  Settings settings;
  Platform platform{settings};
  platform.on_io([](Gateway& gateway) {
    CHECK_THROWS_AS(gateway.make_rules(contract::Contract::load({"services/product/api.yaml"})),
                    contract::ContractError);
  });
  settings.cors_origins = {"*"};
  CHECK_THROWS_AS(Gateway::check(settings), config::SettingsError);
}
