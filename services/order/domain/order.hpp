// An order as the domain sees it: a value, without storage and messages.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/core/clock.hpp"
#include "libs/core/id.hpp"
#include "libs/core/money.hpp"

namespace waybill::order::domain {

enum class Status { pending, confirmed, rejected, paid, shipped, delivered, canceled };

inline constexpr std::array all_statuses{Status::pending, Status::confirmed, Status::rejected,
                                         Status::paid,    Status::shipped,   Status::delivered,
                                         Status::canceled};

// "PENDING".
std::string_view to_string(Status status);
// Any case; nullopt for a word that is no status.
std::optional<Status> parse_status(std::string_view text);

struct Address {
  std::string street, city, state, zip_code, country;

  bool operator==(const Address&) const = default;
};

// What a customer asks for: units of a product.
struct Line {
  Id product_id;
  std::int64_t quantity = 0;

  bool operator==(const Line&) const = default;
};

// A line of an order. Sku, name and prices are the catalogue's, known once it is confirmed.
struct Item {
  Id id;
  Id product_id;
  std::int64_t quantity = 0;
  std::optional<std::string> sku;
  std::string name;
  std::optional<Minor> price;  // per unit
  std::optional<Minor> total;

  bool operator==(const Item&) const = default;
};

// A product that kept an order from being confirmed.
struct ReasonItem {
  Id product_id;
  std::optional<std::int64_t> requested;
  std::optional<std::int64_t> available;

  bool operator==(const ReasonItem&) const = default;
};

// Why an order was rejected or canceled.
struct Reason {
  std::string code;                 // out-of-stock, by-customer, unpaid, …
  std::optional<std::string> text;  // in the words of who did it
  std::vector<ReasonItem> items;

  bool operator==(const Reason&) const = default;
};

struct Order {
  Id id;
  Id user_id;
  Id delivery_address_id;
  Address delivery_address;  // as it was when ordered
  std::optional<std::string> reference;
  Status status = Status::pending;
  std::optional<Minor> total_price;
  std::optional<std::string> currency;
  std::vector<Item> items;
  Instant order_date;
  std::optional<Reason> reason;
  std::optional<Instant> expires_at;  // while it waits for payment
  std::int64_t version = 1;
  Instant created_at;
  std::optional<Instant> updated_at;

  bool operator==(const Order&) const = default;
};

// Lines of one product count together, at the place of the first.
std::vector<Line> merge_lines(const std::vector<Line>& lines);

}  // namespace waybill::order::domain
