// The platform is broken on purpose while orders keep coming: none may be lost, none made twice.
#include <filesystem>

#include <catch2/catch.hpp>

#include "libs/core/clock.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/failures/traffic.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/topic.hpp"

using namespace waybill;
using namespace waybill::e2e;
using testing::eventually;

namespace {

constexpr std::int64_t kStock = 1'000'000;

struct Shop {
  Customer customer = make_customer();
  std::vector<std::string> products{make_product("1.00", kStock), make_product("2.00", kStock)};

  // The order service learns of the customer from waybill.users: a new worker joins its group only
  // when Kafka has noticed that the killed one is gone. One order is placed on the way.
  Shop() {
    const auto knows_customer = [this] {
      return place(customer, {{products[0], 1}}).status == 201;
    };
    REQUIRE(eventually(seconds{60}, knows_customer));
  }

  std::set<std::string> orders_in_service() const {
    std::set<std::string> ids;
    for (const auto& order : all_items("/v1/users/" + customer.id + "/orders?limit=100")) {
      REQUIRE(ids.insert(text(order, "id")).second);
      CHECK(text(order, "status") == "CONFIRMED");
    }
    return ids;
  }

  std::int64_t units_gone() const {
    std::int64_t gone = 0;
    for (const std::string& product : products) gone += kStock - stock_of(product);
    return gone;
  }
};

// What was left behind before these tests is none of their business.
const Instant kBegan = now();

// Databases, queues, topics and the answers that the clients got all tell the same story.
void check_audit(const Traffic& traffic) {
  const std::filesystem::path history = std::filesystem::temp_directory_path() / unique("history");
  traffic.book().write_history(history);
  const std::string told = run(fmt::format("{} audit --quiet --settle 90s --since {} --history {}",
                                           WAYBILL_TOOL, to_rfc3339(kBegan), history.string()));
  std::filesystem::remove(history);
  INFO(told);
  CHECK(told.find(", lost 0, duplicated 0, ") != std::string::npos);
  CHECK(told.find(", stuck 0\n") != std::string::npos);
}

// Every 201 is an order, every order was a 201 (and the one that Shop placed), one unit each.
void check_nothing_lost(const Shop& shop, Traffic& traffic) {
  traffic.stop();
  CHECK(traffic.book().surprises() == std::vector<std::string>{});
  REQUIRE(eventually(seconds{90}, is_ready));
  const std::vector<std::string> placed = traffic.orders();
  const std::set<std::string> stored = shop.orders_in_service();
  CHECK(stored.size() == placed.size() + 1);
  for (const std::string& id : placed) CHECK(stored.contains(id));
  CHECK(shop.units_gone() == static_cast<std::int64_t>(stored.size()));
  check_audit(traffic);
}

// Until so many more orders went through.
bool goes_on(const Traffic& traffic, std::int64_t more, seconds most = seconds{60}) {
  const std::int64_t wanted = traffic.placed() + more;
  return eventually(most, [&] { return traffic.placed() >= wanted; });
}

}  // namespace

TEST_CASE("services killed in mid-traffic lose no order and make none twice", "[e2e][failure]") {
  const Shop shop;
  Traffic traffic{shop.customer, shop.products, 8};
  REQUIRE(goes_on(traffic, 50));
  const std::string service = GENERATE("order", "product", "gateway");
  INFO(service);
  for (int i = 0; i < 2; ++i) {
    std::vector<pid_t> pids;
    REQUIRE(eventually(seconds{60}, [&] { return !(pids = pids_of(service)).empty(); }));
    kill_hard(pids);
    CHECK(goes_on(traffic, 50));
  }
  check_nothing_lost(shop, traffic);
}

TEST_CASE("without Redis everything answers", "[e2e][failure]") {
  const Shop shop;
  Traffic traffic{shop.customer, shop.products, 4};
  {
    const Stopped redis{"redis"};
    CHECK(goes_on(traffic, 50));
    const std::string path = "/v1/products/" + shop.products[0];
    const Reply read = get(path);
    CHECK(read.status == 200);
    REQUIRE(patch(path, {{"price", "3.00"}}).status == 200);
    CHECK(get(path).member("price") == "3.00");
    CHECK(get("/v1/orders?limit=2").status == 200);
    CHECK(get("/v1/users/" + shop.customer.id).status == 200);
  }
  CHECK(get("/v1/products/" + shop.products[0]).member("price") == "3.00");
  check_nothing_lost(shop, traffic);
}

TEST_CASE("without Redis the eleventh order call within a minute has to wait, too",
          "[e2e][failure]") {
  const Account anna = make_account();
  const Customer customer = make_customer(anna);
  const std::string product = make_product("1.00", 50);
  const auto order = [&] {
    return call(
        as(anna.token, json_call("POST", "/v1/orders", order_body(customer, {{product, 1}}))));
  };
  const Stopped redis{"redis"};
  for (int i = 0; i < 10; ++i) CHECK(order().status == 201);
  const Reply refused = order();
  CHECK(refused.status == 429);
  CHECK(refused.headers.get("RateLimit").starts_with(R"("orders";r=0;t=)"));
  CHECK(refused.headers.has("Retry-After"));
}

TEST_CASE("without Kafka orders go on, and the events follow", "[e2e][failure]") {
  const Shop shop;
  TopicWatch topic{"waybill.orders"};
  Traffic traffic{shop.customer, shop.products, 4};
  {
    const Stopped kafka{"kafka"};
    CHECK(goes_on(traffic, 100));
  }
  check_nothing_lost(shop, traffic);
  const auto all_told = [&] {
    const std::vector<std::string> orders = traffic.orders();
    return std::all_of(orders.begin(), orders.end(),
                       [&](const std::string& id) { return topic.of(id).size() >= 2; });
  };
  CHECK(topic.until(seconds{90}, all_told));
  for (const std::string& id : traffic.orders()) {
    CHECK(topic.of(id) == std::vector<std::string>{"OrderPlaced 1", "OrderConfirmed 2"});
  }
}

TEST_CASE("without RabbitMQ writes are told to come again, and reads go on", "[e2e][failure]") {
  const Shop shop;
  Traffic traffic{shop.customer, shop.products, 4};
  REQUIRE(goes_on(traffic, 20));
  {
    const Stopped rabbit{"rabbitmq"};
    CHECK(get("/v1/products/" + shop.products[0]).status == 200);
    CHECK(get("/v1/users/" + shop.customer.id + "/orders").status == 200);
    const Reply refused = place(shop.customer, {{shop.products[0], 1}});
    CHECK(refused.status == 503);
    CHECK(refused.code() == "unavailable");
    CHECK(refused.headers.has("Retry-After"));
  }
  CHECK(goes_on(traffic, 20, seconds{240}));
  check_nothing_lost(shop, traffic);
}

TEST_CASE("three order services share the work", "[e2e][failure]") {
  const std::string platform = "deploy/local/platform.sh " + instance();
  run(platform + " scale order=3");
  REQUIRE(eventually(seconds{60}, [] { return pids_of("order").size() == 3; }));
  const Shop shop;
  Traffic traffic{shop.customer, shop.products, 16};
  CHECK(goes_on(traffic, 300));
  kill_hard({pids_of("order").at(1)});
  CHECK(goes_on(traffic, 100));
  check_nothing_lost(shop, traffic);
  run(platform + " scale order=1");
  CHECK(eventually(seconds{60}, [] { return pids_of("order").size() == 1; }));
}
