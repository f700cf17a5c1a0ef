// Sales statistics as values: rows, sums, and a digest by which two machines can tell that they
// agree. Pure.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "libs/core/id.hpp"
#include "libs/core/money.hpp"
#include "libs/core/zone.hpp"

namespace waybill::report::domain {

enum class GroupBy { day, product };

// Of so many orders.
struct Sums {
  std::int64_t orders = 0;
  std::int64_t units = 0;
  Minor revenue = 0;

  void add(const Sums& other);
};

struct DaySales {
  Day day;
  std::string currency;
  Sums sums = {};
  std::int64_t inputs = 0;  // fingerprints of the orders, added up
};

struct ProductSales {
  Id product_id;
  std::optional<std::string> sku = {};
  std::string name;
  std::string currency;
  Sums sums = {};
};

struct Totals {
  std::string currency;
  Sums sums = {};
};

// 60 bits of SHA-256 over "<id> <version>"; they are added up modulo 2^60, so that their order does
// not matter. The store's SQL does the same.
std::int64_t fingerprint(const Id& order, std::int64_t version);
std::int64_t add_fingerprints(std::int64_t one, std::int64_t other);

// What was told up to a time (of the decision), or before an offset of each partition.
using AsOf = std::variant<Instant, std::int64_t>;
// "2026-01-31T12:00:00Z" or "1200"; nullopt for anything else.
std::optional<AsOf> parse_as_of(std::string_view text);
std::string to_string(const AsOf& as_of);

// What was asked for.
struct SalesQuestion {
  Day from;
  Day to;  // inclusive
  GroupBy by = GroupBy::day;
  std::optional<AsOf> as_of = {};  // none: now
};
inline constexpr std::chrono::days most_days{366};

struct Sales {
  SalesQuestion question;
  std::string zone;
  std::string currency;        // of rows without sales; empty when there are several
  std::vector<DaySales> days;  // one of both
  std::vector<ProductSales> products;
  std::vector<Totals> totals;  // one per currency
  std::int64_t inputs = 0;     // fingerprints of all orders that count
};

// Days without sales get a row of zeros in the currency of the others, or in `currency` when there
// are none; rows are in the order of days and currencies.
Sales sales_by_day(const SalesQuestion& question, const std::string& zone,
                   const std::string& currency, std::vector<DaySales> sold);
// The same sales by product; `sold`: the best-selling ones first.
Sales sales_by_product(Sales by_day, std::vector<ProductSales> sold);

// {from, to, by, as_of, currency, rows, totals, digest}: the digest is SHA-256 over everything
// else, the zone, and which orders were counted in which version.
std::string to_json(const Sales& sales);
// RFC 4180, with a header.
std::string to_csv(const Sales& sales);

}  // namespace waybill::report::domain
