// The decision on an order, and what holds for any sequence of decisions.
#include "services/product/domain/reservation.hpp"

#include <numeric>

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace waybill;
using namespace waybill::product::domain;
namespace json = boost::json;

namespace {

const Instant kNow = from_unix_micros(1'000'000);

Id id_of(std::uint8_t number) {
  Id id;
  id.bytes[15] = number;
  return id;
}

Product product_of(std::uint8_t number, std::int64_t stock, Minor price = 250,
                   const std::string& currency = "EUR") {
  Product product;
  product.id = id_of(number);
  product.name = "product " + std::to_string(number);
  product.price = price;
  product.currency = currency;
  product.stock_quantity = stock;
  return product;
}

Products shelf(std::vector<Product> list) {
  Products products;
  for (Product& product : list) products.emplace(product.id, std::move(product));
  return products;
}

Request order_of(std::vector<Line> lines, std::optional<std::string> expected_total = {}) {
  return {new_id(), std::move(lines), std::move(expected_total)};
}

std::int64_t units(const Products& products) {
  return std::accumulate(
      products.begin(), products.end(), std::int64_t{0},
      [](std::int64_t sum, const auto& entry) { return sum + entry.second.stock_quantity; });
}

}  // namespace

TEST_CASE("an order is priced by the catalogue", "[reservation]") {
  const auto products = shelf({product_of(1, 10, 255), product_of(2, 5, 1990)});
  const auto result = quote(products, order_of({{id_of(1), 4}, {id_of(2), 1}}));
  REQUIRE(result.has_value());
  CHECK(result->total == 4 * 255 + 1990);
  CHECK(result->currency == "EUR");
  REQUIRE(result->lines.size() == 2);
  CHECK(result->lines[0].product_id == id_of(1));
  CHECK(result->lines[0].total == 1020);
  CHECK(result->lines[1].price == 1990);
}

TEST_CASE("lines of one product count together, at the place of the first", "[reservation]") {
  const auto products = shelf({product_of(1, 10), product_of(2, 10)});
  const auto result = quote(products, order_of({{id_of(1), 4}, {id_of(2), 1}, {id_of(1), 3}}));
  REQUIRE(result.has_value());
  REQUIRE(result->lines.size() == 2);
  CHECK(result->lines[0].quantity == 7);
  CHECK(quote(products, order_of({{id_of(1), 6}, {id_of(1), 5}})).error().code == "out-of-stock");
}

TEST_CASE("all products that are absent or deleted are named, before anything else",
          "[reservation]") {
  auto products = shelf({product_of(1, 0), product_of(2, 10), product_of(3, 10, 100, "GBP")});
  products.at(id_of(2)).deleted = true;
  const auto refused =
      quote(products, order_of({{id_of(1), 1}, {id_of(2), 1}, {id_of(3), 1}, {id_of(4), 1}}, "0"));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "unknown-product");
  CHECK(refused.error().kind == FaultKind::unprocessable);
  const json::array expected{json::object{{"product_id", id_of(2).to_string()}},
                             json::object{{"product_id", id_of(4).to_string()}}};
  CHECK(refused.error().members.at("items") == json::value(expected));
}

TEST_CASE("currencies can't be mixed, which is said before the stock is looked at",
          "[reservation]") {
  const auto products = shelf({product_of(1, 0), product_of(2, 0, 100, "GBP")});
  const auto refused = quote(products, order_of({{id_of(2), 1}, {id_of(1), 1}}));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "mixed-currency");
  CHECK(refused.error().members.at("currencies") == json::value(json::array{"EUR", "GBP"}));
}

TEST_CASE("every line that falls short is named with what there is", "[reservation]") {
  const auto products = shelf({product_of(1, 3), product_of(2, 10), product_of(3, 0)});
  const auto refused =
      quote(products, order_of({{id_of(1), 4}, {id_of(2), 10}, {id_of(3), 1}}, "0"));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "out-of-stock");
  CHECK(refused.error().kind == FaultKind::conflict);
  const json::array items = refused.error().members.at("items").as_array();
  REQUIRE(items.size() == 2);
  CHECK(items[0].at("requested").to_number<int>() == 4);
  CHECK(items[0].at("available").to_number<int>() == 3);
  CHECK(items[1].at("product_id") == json::value(id_of(3).to_string()));
}

TEST_CASE("another total than the expected one refuses with a quote", "[reservation]") {
  const auto products = shelf({product_of(1, 10, 255)});
  CHECK(quote(products, order_of({{id_of(1), 2}}, "5.10")).has_value());
  CHECK(quote(products, order_of({{id_of(1), 2}}, "5.1")).has_value());
  const auto refused = quote(products, order_of({{id_of(1), 2}}, "5.00"));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "price-changed");
  const json::value offer = refused.error().members.at("quote");
  CHECK(offer.at("total_price") == json::value("5.10"));
  CHECK(offer.at("currency") == json::value("EUR"));
  CHECK(offer.at("items").at(0).at("line_total") == json::value("5.10"));
}

TEST_CASE("a total that can't be counted is refused, not wrapped round", "[reservation]") {
  constexpr Minor highest = 999'999'999'999;
  const auto products = shelf({product_of(1, most_stock, highest)});
  const auto refused = quote(products, order_of({{id_of(1), most_stock}}));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "total-too-large");
}

TEST_CASE("what was reserved is released, deleted products included", "[reservation]") {
  auto products = shelf({product_of(1, 10), product_of(2, 10)});
  const Id order = new_id();
  const auto offer = quote(products, order_of({{id_of(1), 4}, {id_of(2), 10}}));
  const auto taken = reserve(products, order, *offer, kNow);
  REQUIRE(taken.size() == 2);
  CHECK(taken[0].quantity == -4);
  CHECK(taken[1].balance == 0);
  products.at(id_of(2)).deleted = true;
  const auto back = release(products, order, {{id_of(1), 4}, {id_of(2), 10}}, kNow);
  REQUIRE(back.size() == 2);
  CHECK(back[0].kind == MovementKind::release);
  CHECK(back[1].balance == 10);
  CHECK(back[1].order_id == order);
}

namespace {

// Up to four products, some of them short, one maybe in another currency.
Products any_shelf() {
  Products products;
  for (const std::uint8_t number : {1, 2, 3, 4}) {
    if (!*rc::gen::weightedElement<bool>({{9, true}, {1, false}})) continue;
    const auto stock = *rc::gen::inRange<std::int64_t>(0, 30);
    const auto price = *rc::gen::inRange<Minor>(1, 100'000);
    const auto currency = *rc::gen::weightedElement<std::string>({{19, "EUR"}, {1, "GBP"}});
    products.emplace(id_of(number), product_of(number, stock, price, currency));
  }
  return products;
}

Request any_order() {
  std::vector<Line> lines;
  const int count = *rc::gen::inRange(1, 5);
  for (int i = 0; i < count; ++i) {
    const auto number = static_cast<std::uint8_t>(*rc::gen::inRange(1, 5));
    lines.push_back({id_of(number), *rc::gen::inRange<std::int64_t>(1, 12)});
  }
  return order_of(std::move(lines));
}

}  // namespace

TEST_CASE("any sequence of orders and releases keeps stock and ledger right", "[reservation]") {
  CHECK(rc::check("never negative, all or nothing, ledger equals counter", [] {
    Products products = any_shelf();
    const Products start = products;
    std::vector<Movement> ledger;
    std::vector<std::pair<Id, std::vector<Line>>> held;
    const int steps = *rc::gen::inRange(1, 30);
    for (int step = 0; step < steps; ++step) {
      if (!held.empty() && *rc::gen::inRange(0, 4) == 0) {
        const auto moved = release(products, held.back().first, held.back().second, kNow);
        ledger.insert(ledger.end(), moved.begin(), moved.end());
        held.pop_back();
        continue;
      }
      const Request request = any_order();
      const Products before = products;
      const auto offer = quote(products, request);
      RC_ASSERT(products == before);
      if (!offer) continue;
      const auto moved = reserve(products, request.order_id, *offer, kNow);
      RC_ASSERT(moved.size() == offer->lines.size());
      std::int64_t taken = 0;
      std::vector<Line> lines;
      for (const Movement& movement : moved) {
        RC_ASSERT(movement.quantity < 0);
        RC_ASSERT(movement.balance >= 0);
        taken -= movement.quantity;
        lines.push_back({movement.product_id, -movement.quantity});
      }
      RC_ASSERT(units(before) - units(products) == taken);
      held.emplace_back(request.order_id, lines);
      ledger.insert(ledger.end(), moved.begin(), moved.end());
    }
    for (const auto& [id, product] : products) {
      std::int64_t sum = start.at(id).stock_quantity;
      for (const Movement& movement : ledger) {
        if (movement.product_id != id) continue;
        sum += movement.quantity;
        RC_ASSERT(movement.balance == sum);
      }
      RC_ASSERT(product.stock_quantity == sum);
      RC_ASSERT(product.stock_quantity >= 0);
    }
  }));
}
