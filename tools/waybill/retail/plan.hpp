// What an import is going to do: products, customers, orders and cancellations, and the class of
// each row. A pure function of the rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/waybill/retail/rows.hpp"

namespace waybill::tool::retail {

enum class RowClass {
  imported,          // became an order line
  merged,            // was added to one
  cancelled,         // of an invoice that cancels an order
  return_unmatched,  // other rows of cancellation invoices
  zero_price,
  negative_price,
  negative_quantity,
  malformed,
  refused,  // the platform said no; no plan has this class
};
inline constexpr std::size_t kRowClasses = 9;
// As the account prints it: "skipped: zero-price".
std::string_view name_of(RowClass row_class);

struct PlannedProduct {
  std::string sku;  // CODE@PRICE
  std::string name;
  Minor price = 0;
  std::int64_t units = 0;  // what all orders of the set need

  bool operator==(const PlannedProduct&) const = default;
};

struct PlannedCustomer {
  std::string username;  // retail-17850, retail-guest-France
  std::string email;
  std::vector<std::string> countries;  // an address each

  bool operator==(const PlannedCustomer&) const = default;
};

struct PlannedLine {
  std::size_t product = 0;  // index
  std::int64_t units = 0;

  bool operator==(const PlannedLine&) const = default;
};

struct PlannedOrder {
  std::string invoice;
  std::size_t customer = 0;  // index
  std::string country;
  Instant at{};  // the earliest date among the invoice's rows
  std::vector<PlannedLine> lines;
  Minor total = 0;
  std::int64_t units = 0;
  std::vector<std::size_t> rows;  // indices into RowSet::rows

  bool operator==(const PlannedOrder&) const = default;
};

struct PlannedCancellation {
  std::string invoice;
  std::size_t order = 0;  // index of the order it cancels
  std::vector<std::size_t> rows;

  bool operator==(const PlannedCancellation&) const = default;
};

struct Plan {
  std::vector<PlannedProduct> products;
  std::vector<PlannedCustomer> customers;
  std::vector<PlannedOrder> orders;  // by date
  std::vector<PlannedCancellation> cancellations;
  std::vector<RowClass> classes;  // [i] of RowSet::rows[i]
  std::string digest;

  bool operator==(const Plan&) const = default;
};

Plan make_plan(const RowSet& set);

}  // namespace waybill::tool::retail
