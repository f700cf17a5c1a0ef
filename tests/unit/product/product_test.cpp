// What may happen to a product.
#include "services/product/domain/product.hpp"

#include <catch2/catch.hpp>

using namespace waybill;
using namespace waybill::product::domain;

namespace {

const Instant kThen = from_unix_micros(1'000'000);
const Instant kNow = from_unix_micros(2'000'000);

Product teapot() {
  Product product;
  product.id = new_id();
  product.sku = "T-1";
  product.name = "Teapot";
  product.description = "blue";
  product.price = 1990;
  product.currency = "EUR";
  product.stock_quantity = 10;
  product.version = 3;
  product.created_at = kThen;
  return product;
}

}  // namespace

TEST_CASE("a patch changes what was sent and keeps the rest", "[product]") {
  Patch patch;
  patch.price = 2500;
  const Product after = patched(teapot(), patch, kNow);
  CHECK(after.price == 2500);
  CHECK(after.name == "Teapot");
  CHECK(after.sku == "T-1");
  CHECK(after.version == 4);
  CHECK(after.updated_at == kNow);
}

TEST_CASE("a patch with null clears sku and description", "[product]") {
  Patch patch;
  patch.sku.emplace(std::nullopt);
  patch.description.emplace(std::nullopt);
  const Product after = patched(teapot(), patch, kNow);
  CHECK_FALSE(after.sku);
  CHECK_FALSE(after.description);
}

TEST_CASE("a patch that changes nothing is no new version", "[product]") {
  Patch patch;
  patch.name = "Teapot";
  patch.stock_quantity = 10;
  const Product before = teapot();
  CHECK(patched(before, patch, kNow) == before);
}

TEST_CASE("setting the stock books the difference to what is there now", "[product]") {
  Patch patch;
  patch.stock_quantity = 4;
  CHECK(stock_difference(teapot(), patch) == -6);
  patch.stock_quantity = 12;
  CHECK(stock_difference(teapot(), patch) == 2);
  CHECK(patched(teapot(), patch, kNow).version == 4);
}

TEST_CASE("a movement carries the balance after it", "[product]") {
  Product product = teapot();
  Move how;
  how.quantity = -3;
  how.reason = "broken";
  how.at = kNow;
  const Movement movement = move(product, how);
  CHECK(product.stock_quantity == 7);
  CHECK(movement.balance == 7);
  CHECK(movement.quantity == -3);
  CHECK(movement.product_id == product.id);
  CHECK(movement.reason == "broken");
}

TEST_CASE("more units than there are can't be taken away", "[product]") {
  const Product product = teapot();
  CHECK(check_move(product, -10).has_value());
  const auto refused = check_move(product, -11);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "negative-stock");
  CHECK(refused.error().kind == FaultKind::conflict);
}

TEST_CASE("the stock can be filled up to its limit and no further", "[product]") {
  const Product product = teapot();
  CHECK(check_move(product, most_stock - 10).has_value());
  const auto refused = check_move(product, most_stock - 9);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "limit-reached");
}

TEST_CASE("absent and deleted products are 404, stale versions 412", "[product]") {
  Product product = teapot();
  CHECK(check_access(&product, std::nullopt).has_value());
  CHECK(check_access(&product, 3).has_value());
  CHECK(check_access(&product, 2).error().kind == FaultKind::stale);
  CHECK(check_access(nullptr, 3).error().kind == FaultKind::not_found);
  product.deleted = true;
  CHECK(check_access(&product, 2).error().kind == FaultKind::not_found);
}
