// Sales statistics as values: rows, sums, and a digest by which two machines can tell that they
// agree. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/core/id.hpp"
#include "libs/core/money.hpp"
#include "libs/core/zone.hpp"

namespace waybill::report::domain {

enum class GroupBy { day, product };

struct DaySales {
  Day day;
  std::string currency;
  std::int64_t orders = 0;
  std::int64_t units = 0;
  Minor revenue = 0;
};

struct ProductSales {
  Id product_id;
  std::optional<std::string> sku = {};
  std::string name;
  std::string currency;
  std::int64_t orders = 0;
  std::int64_t units = 0;
  Minor revenue = 0;
};

// What was asked for.
struct SalesQuestion {
  Day from;
  Day to;  // inclusive
  GroupBy by = GroupBy::day;
  std::optional<Instant> as_of = {};
};

struct Totals {
  std::string currency;
  std::int64_t orders = 0;
  std::int64_t units = 0;
  Minor revenue = 0;
};

struct Sales {
  SalesQuestion question;
  std::string zone;
  std::string currency;        // of rows without sales; empty when there are several
  std::vector<DaySales> days;  // one of both
  std::vector<ProductSales> products;
  std::vector<Totals> totals;  // one per currency
};

// Days without sales get a row of zeros in the currency of the others, or in `currency` when there
// are none; rows are in the order of days and currencies.
Sales sales_by_day(const SalesQuestion& question, const std::string& zone,
                   const std::string& currency, std::vector<DaySales> sold);
// `sold`: the best-selling ones first. `totals` count each order once.
Sales sales_by_product(const SalesQuestion& question, const std::string& zone,
                       const std::string& currency, std::vector<ProductSales> sold,
                       std::vector<Totals> totals);

// {from, to, by, as_of, currency, rows, totals, digest}: the digest is SHA-256 over everything else
// and the zone.
std::string to_json(const Sales& sales);
// RFC 4180, with a header.
std::string to_csv(const Sales& sales);

}  // namespace waybill::report::domain
