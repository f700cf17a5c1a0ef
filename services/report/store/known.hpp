// Rows of the projections: what this service knows of orders, products, users and files.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libs/core/money.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::report::store {

// Which projection fills sold_order, and what it follows.
inline constexpr const char* orders_projection = "report.orders";
inline constexpr const char* orders_topic = "waybill.orders";

// An order as it is now.
struct SoldOrder {
  Id id;
  std::int64_t version = 0;
  Id user_id;
  std::string status;
  Instant order_date;
  std::optional<std::string> currency;
  std::optional<Minor> total_price;
  std::int64_t units = 0;
  std::string lines;  // JSON: [{"product_id", "sku", "name", "quantity", "total"}]
  std::int32_t partition = 0;
  std::int64_t position = 0;
};

// One version of an order.
struct OrderStep {
  Id order_id;
  std::int64_t version = 0;
  std::string status;
  Instant at;  // when it was decided
  std::string cause_id;
  std::string correlation_id;
  std::int32_t partition = 0;
  std::int64_t position = 0;
  Instant told_at;
};

struct KnownProduct {
  Id id;
  std::int64_t version = 0;
  std::optional<std::string> sku;
  std::string name;
  Minor price = 0;
  std::string currency;
  std::int64_t stock = 0;
  bool deleted = false;
};

struct KnownUser {
  Id id;
  std::int64_t version = 0;
  std::optional<Instant> created_at;
  bool deleted = false;
};

// A study task or a document.
struct KnownFile {
  Id id;
  std::string kind;  // task, document
  std::int64_t version = 0;
  std::optional<Id> owner_id;
  std::int64_t files = 0;
  std::optional<std::int64_t> size;  // bytes
  std::optional<Instant> created_at;
  bool deleted = false;
};

// States that are not newer change nothing. Ids must not repeat.
void put_orders(pg::Tx& tx, std::span<const SoldOrder> orders);
void put_products(pg::Tx& tx, std::span<const KnownProduct> products);
void put_users(pg::Tx& tx, std::span<const KnownUser> users);
void put_files(pg::Tx& tx, std::span<const KnownFile> files);
// Those that are known already change nothing.
void add_steps(pg::Tx& tx, std::span<const OrderStep> steps);

// Where a version of an order stands in waybill.orders.
struct ToldPlace {
  std::int64_t version = 0;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  Instant told_at;
};
// In the order of versions.
std::vector<ToldPlace> find_places_of(pg::Session& session, const Id& order_id);

}  // namespace waybill::report::store
