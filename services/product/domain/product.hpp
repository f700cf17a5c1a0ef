// A product, the movements of its stock, and the changes they may go through. Pure: values in,
// values out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "libs/core/clock.hpp"
#include "libs/core/fault.hpp"
#include "libs/core/id.hpp"
#include "libs/core/money.hpp"

namespace waybill::product::domain {

// The most that a caller may set or reach by adding; a release always fits.
inline constexpr std::int64_t most_stock = 1'000'000'000;

struct Product {
  Id id;
  std::optional<std::string> sku;
  std::string name;
  std::optional<std::string> description;
  Minor price = 0;  // per unit
  std::string currency;
  std::int64_t stock_quantity = 0;  // what can be sold now
  std::int64_t version = 1;
  Instant created_at;
  std::optional<Instant> updated_at;
  bool deleted = false;

  bool operator==(const Product&) const = default;
};

// The products of one batch of commands, by id.
using Products = std::unordered_map<Id, Product>;

enum class MovementKind { initial, adjustment, reservation, release };

std::string_view to_string(MovementKind kind);

// A line of the ledger: `balance` is the stock after it.
struct Movement {
  Id id;  // nil until it is stored, unless a command names it
  Id product_id;
  MovementKind kind = MovementKind::adjustment;
  std::int64_t quantity = 0;  // signed, never 0
  std::int64_t balance = 0;
  std::optional<Id> order_id;
  std::optional<std::string> reason;
  Instant at;

  bool operator==(const Movement&) const = default;
};

// Why the stock moves; `order_id` for reservations and releases.
struct Move {
  Id movement_id;
  MovementKind kind = MovementKind::adjustment;
  std::int64_t quantity = 0;
  std::optional<Id> order_id;
  std::optional<std::string> reason;
  Instant at;
};

// Changes the counter and gives the line of the ledger. The caller has made sure that the balance
// stays at or above zero. The version is the caller's to raise: once per change that is told.
Movement move(Product& product, Move how);

// A merge patch: a member that is not engaged keeps its value; for what may be null, an engaged
// empty optional clears it.
struct Patch {
  std::optional<std::optional<std::string>> sku;
  std::optional<std::string> name;
  std::optional<std::optional<std::string>> description;
  std::optional<Minor> price;
  std::optional<std::string> currency;
  std::optional<std::int64_t> stock_quantity;
};

// The product as the patch makes it, version raised when anything differs; the stock is not
// touched (see stock_difference).
Product patched(Product product, const Patch& patch, Instant at);

// What an adjustment has to book so that the stock becomes what the patch says; 0 for nothing.
std::int64_t stock_difference(const Product& product, const Patch& patch);

// Adding or removing units by hand: 409 negative-stock, 409 limit-reached.
Result<void> check_move(const Product& product, std::int64_t quantity);

// 404 for absent and deleted products, 412 for a version that is not the present one.
Result<void> check_access(const Product* product, std::optional<std::int64_t> expected_version);

}  // namespace waybill::product::domain
