#include "services/product/domain/reservation.hpp"

#include <algorithm>
#include <utility>

namespace waybill::product::domain {
namespace {

namespace json = boost::json;

std::vector<Line> merge_lines(const std::vector<Line>& lines) {
  std::vector<Line> merged;
  std::unordered_map<Id, std::size_t> places;
  for (const Line& line : lines) {
    const auto [place, is_new] = places.try_emplace(line.product_id, merged.size());
    if (is_new) {
      merged.push_back(line);
    } else {
      merged[place->second].quantity += line.quantity;
    }
  }
  return merged;
}

const Product* find(const Products& products, const Id& id) {
  const auto found = products.find(id);
  return found == products.end() || found->second.deleted ? nullptr : &found->second;
}

Result<void> check_known(const Products& products, const std::vector<Line>& lines) {
  json::array unknown;
  for (const Line& line : lines) {
    if (find(products, line.product_id)) continue;
    unknown.push_back(json::object{{"product_id", line.product_id.to_string()}});
  }
  if (unknown.empty()) return {};
  return unprocessable("unknown-product", "Some products don't exist (any more).",
                       {{"items", std::move(unknown)}});
}

Result<void> check_currency(const Products& products, const std::vector<Line>& lines) {
  std::vector<std::string> currencies;
  for (const Line& line : lines) currencies.push_back(products.at(line.product_id).currency);
  std::sort(currencies.begin(), currencies.end());
  currencies.erase(std::unique(currencies.begin(), currencies.end()), currencies.end());
  if (currencies.size() <= 1) return {};
  return unprocessable("mixed-currency", "The products of an order must have one currency.",
                       {{"currencies", json::value_from(currencies)}});
}

Result<void> check_stock(const Products& products, const std::vector<Line>& lines) {
  json::array short_of;
  for (const Line& line : lines) {
    const std::int64_t available = products.at(line.product_id).stock_quantity;
    if (line.quantity <= available) continue;
    short_of.push_back(json::object{{"product_id", line.product_id.to_string()},
                                    {"requested", line.quantity},
                                    {"available", available}});
  }
  if (short_of.empty()) return {};
  return conflict("out-of-stock", "There are fewer units than were ordered.",
                  {{"items", std::move(short_of)}});
}

Result<Quote> price(const Products& products, const std::vector<Line>& lines) {
  Quote result;
  for (const Line& line : lines) {
    const Product& product = products.at(line.product_id);
    Minor total = 0;
    if (__builtin_mul_overflow(product.price, line.quantity, &total) ||
        __builtin_add_overflow(result.total, total, &result.total)) {
      return unprocessable("total-too-large", "The total of the order is too large to be counted.");
    }
    result.lines.push_back(
        {product.id, product.sku, product.name, line.quantity, product.price, total});
    result.currency = product.currency;
  }
  return result;
}

json::object to_json(const Quote& quote) {
  json::array items;
  for (const PricedLine& line : quote.lines) {
    items.push_back(json::object{{"product_id", line.product_id.to_string()},
                                 {"quantity", line.quantity},
                                 {"price", format_money(line.price)},
                                 {"line_total", format_money(line.total)}});
  }
  return {{"items", std::move(items)},
          {"total_price", format_money(quote.total)},
          {"currency", quote.currency}};
}

Result<void> check_total(const Quote& quote, const std::optional<std::string>& expected) {
  if (!expected || parse_money(*expected) == quote.total) return {};
  return conflict("price-changed", "The order's total is not the one that was expected.",
                  {{"quote", to_json(quote)}});
}

Movement move_for_order(Product& product, MovementKind kind, std::int64_t quantity,
                        const Id& order_id, Instant at) {
  return move(product, {Id{}, kind, quantity, order_id, std::nullopt, at});
}

}  // namespace

Result<Quote> quote(const Products& products, const Request& request) {
  const std::vector<Line> lines = merge_lines(request.lines);
  for (const auto check : {check_known, check_currency, check_stock}) {
    if (const auto checked = check(products, lines); !checked) return checked.error();
  }
  Result<Quote> result = price(products, lines);
  if (!result) return result;
  if (const auto checked = check_total(*result, request.expected_total); !checked) {
    return checked.error();
  }
  return result;
}

std::vector<Movement> reserve(Products& products, const Id& order_id, const Quote& quote,
                              Instant at) {
  std::vector<Movement> movements;
  for (const PricedLine& line : quote.lines) {
    movements.push_back(move_for_order(products.at(line.product_id), MovementKind::reservation,
                                       -line.quantity, order_id, at));
  }
  return movements;
}

std::vector<Movement> release(Products& products, const Id& order_id, const std::vector<Line>& held,
                              Instant at) {
  std::vector<Movement> movements;
  for (const Line& line : held) {
    const auto found = products.find(line.product_id);
    if (found == products.end()) continue;
    movements.push_back(
        move_for_order(found->second, MovementKind::release, line.quantity, order_id, at));
  }
  return movements;
}

}  // namespace waybill::product::domain
