// Merging lines, confirming, rejecting, cancelling.
#include "services/order/domain/changes.hpp"

#include <numeric>

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace waybill;
using namespace waybill::order::domain;

namespace {

const Instant kThen = from_unix_micros(1'000'000);
const Instant kNow = from_unix_micros(2'000'000);

Id id_of(std::uint8_t number) {
  Id id;
  id.bytes[15] = number;
  return id;
}

Item item_of(std::uint8_t product, std::int64_t quantity) {
  Item item;
  item.id = new_id();
  item.product_id = id_of(product);
  item.quantity = quantity;
  return item;
}

Order pending_order() {
  Order order;
  order.id = new_id();
  order.items = {item_of(1, 2), item_of(2, 1)};
  order.order_date = order.created_at = kThen;
  return order;
}

// The product service may answer in any order of lines.
Reservation reservation() {
  return {{{id_of(2), std::nullopt, "Cup", 500, 500}, {id_of(1), "T-1", "Teapot", 1990, 3980}},
          4480,
          "EUR"};
}

std::vector<Line> lines_of(const std::vector<std::pair<std::uint8_t, std::uint16_t>>& raw) {
  std::vector<Line> lines;
  for (const auto& [product, quantity] : raw) {
    lines.push_back({id_of(product % 5), quantity + 1});
  }
  return lines;
}

std::int64_t units(const std::vector<Line>& lines, const Id& product) {
  std::int64_t sum = 0;
  for (const Line& line : lines) sum += line.product_id == product ? line.quantity : 0;
  return sum;
}

}  // namespace

TEST_CASE("lines of one product are merged at the place of the first", "[order][lines]") {
  const std::vector<Line> merged =
      merge_lines({{id_of(3), 1}, {id_of(1), 2}, {id_of(3), 4}, {id_of(2), 1}, {id_of(1), 1}});
  CHECK(merged == std::vector<Line>{{id_of(3), 5}, {id_of(1), 3}, {id_of(2), 1}});
}

TEST_CASE("merging keeps the units and the order, names each product once, and is done once",
          "[order][lines]") {
  CHECK(rc::check([](const std::vector<std::pair<std::uint8_t, std::uint16_t>>& raw) {
    const std::vector<Line> lines = lines_of(raw);
    const std::vector<Line> merged = merge_lines(lines);
    std::set<Id> seen;
    std::vector<Id> first_places;
    for (const Line& line : lines) {
      if (seen.insert(line.product_id).second) first_places.push_back(line.product_id);
    }
    std::vector<Id> places;
    for (const Line& line : merged) {
      places.push_back(line.product_id);
      RC_ASSERT(line.quantity == units(lines, line.product_id));
    }
    RC_ASSERT(places == first_places);
    RC_ASSERT(merge_lines(merged) == merged);
  }));
}

TEST_CASE("confirming takes prices, names and total from the catalogue", "[order][saga]") {
  const auto confirmed = confirm(pending_order(), reservation(), kNow, std::chrono::minutes{30});
  REQUIRE(confirmed.has_value());
  CHECK(confirmed->status == Status::confirmed);
  CHECK(confirmed->version == 2);
  CHECK(confirmed->total_price == 4480);
  CHECK(confirmed->currency == "EUR");
  CHECK(confirmed->expires_at == kNow + std::chrono::minutes{30});
  CHECK(confirmed->updated_at == kNow);
  REQUIRE(confirmed->items.size() == 2);
  CHECK(confirmed->items[0].name == "Teapot");
  CHECK(confirmed->items[0].sku == "T-1");
  CHECK(confirmed->items[0].price == 1990);
  CHECK(confirmed->items[0].total == 3980);
  CHECK(confirmed->items[1].name == "Cup");
  CHECK_FALSE(confirmed->items[1].sku);
}

TEST_CASE("without a timeout a confirmed order waits for ever", "[order][saga]") {
  const auto confirmed = confirm(pending_order(), reservation(), kNow, milliseconds{0});
  REQUIRE(confirmed.has_value());
  CHECK_FALSE(confirmed->expires_at);
}

TEST_CASE("an order is confirmed or rejected once", "[order][saga]") {
  const auto confirmed = confirm(pending_order(), reservation(), kNow, milliseconds{0});
  CHECK_FALSE(confirm(*confirmed, reservation(), kNow, milliseconds{0}).has_value());
  CHECK_FALSE(reject(*confirmed, {"out-of-stock", {}, {}}, kNow).has_value());
  const auto rejected = reject(pending_order(), {"out-of-stock", {}, {}}, kNow);
  REQUIRE(rejected.has_value());
  CHECK(rejected->status == Status::rejected);
  CHECK(rejected->reason->code == "out-of-stock");
  CHECK_FALSE(rejected->total_price);
  CHECK_FALSE(confirm(*rejected, reservation(), kNow, milliseconds{0}).has_value());
}

TEST_CASE("a reason stays with a canceled order and with no other", "[order]") {
  const auto confirmed = confirm(pending_order(), reservation(), kNow, std::chrono::minutes{30});
  const Reason why{"by-staff", "sold twice", {}};
  const auto paid = move(*confirmed, Status::paid, Actor::staff, why, kNow);
  REQUIRE(paid.has_value());
  CHECK_FALSE(paid->reason);
  const auto canceled = move(*paid, Status::canceled, Actor::staff, why, kNow);
  REQUIRE(canceled.has_value());
  CHECK(canceled->reason == why);
  CHECK(canceled->version == 4);
}
