#include <catch2/catch.hpp>

#include "libs/pg/pg.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;

namespace {

// The timer is a row: it can be moved. Says whether there was one.
bool make_due(const std::string& order) {
  pg::Options options;
  options.url = testing::environment("WAYBILL_DATABASE_ORDER");
  pg::Connection connection{options};
  pg::Session session{connection};
  const pg::Statement move{
      "move_timer", "UPDATE timer SET due_at = now() WHERE kind = 'unpaid' AND subject = $1::uuid"};
  return session.exec(move, order).affected() == 1;
}

}  // namespace

TEST_CASE("an order that nobody pays for is canceled and its stock comes back", "[e2e][expiry]") {
  const std::string tea = make_product("1.00", 5);
  const Reply placed = place(make_customer(), {{tea, 2}});
  CHECK_FALSE(placed.member("expires_at").empty());
  REQUIRE(make_due(placed.id()));
  const std::string path = "/v1/orders/" + placed.id();
  CHECK(testing::eventually(seconds{15}, [&] { return get(path).member("status") == "CANCELED"; }));
  const Reply expired = get(path);
  CHECK(expired.body().at("reason").at("code") == "unpaid");
  CHECK(expired.body().at("expires_at").is_null());
  CHECK(testing::eventually(seconds{15}, [&] { return stock_of(tea) == 5; }));
  CHECK(patch(path, {{"status", "PAID"}}).code() == "illegal-transition");
}

TEST_CASE("a paid order has no timer any more", "[e2e][expiry]") {
  const Reply placed = place(make_customer(), {{make_product("1.00", 5), 2}});
  const Reply paid = patch("/v1/orders/" + placed.id(), {{"status", "PAID"}});
  CHECK(paid.body().at("expires_at").is_null());
  CHECK_FALSE(make_due(placed.id()));
}
