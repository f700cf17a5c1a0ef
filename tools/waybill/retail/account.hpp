// The closing account of an import: what became of each row, and whether it adds up. Pure.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "tools/waybill/retail/plan.hpp"

namespace waybill::tool::retail {

// What the platform said no to.
struct Refusal {
  std::string code;
  std::string detail;
};

struct PlacedOrder {
  std::string id;
  std::string user_id;
  Minor total = 0;  // total_price, as the platform computed it
};

// What became of a plan. Each vector is parallel to the plan's.
struct Execution {
  std::vector<std::variant<PlacedOrder, Refusal>> orders;
  std::vector<std::optional<Refusal>> payments;  // of orders
  std::vector<std::optional<Refusal>>
      cancellations;  // not set: cancelled, or its order was refused
};

// As if the platform had said yes to everything: for --dry-run.
Execution assume_accepted(const Plan& plan);

struct Sum {
  std::int64_t rows = 0;
  std::int64_t units = 0;
  Minor amount = 0;  // Σ Quantity × UnitPrice

  void add(const Row& row);
  bool operator==(const Sum&) const = default;
};

struct RowNote {
  std::size_t row = 0;  // index into RowSet::rows
  RowClass row_class = RowClass::malformed;
  std::string reason;  // for malformed and refused rows
};

struct Account {
  std::array<Sum, kRowClasses> classes;
  std::map<std::string, Sum> refused_codes;
  Sum files;  // all rows, summed on their own
  std::int64_t orders = 0;
  std::int64_t cancelled_orders = 0;
  Minor orders_total = 0;  // Σ total_price
  std::vector<RowNote> not_imported;
  std::vector<std::string> refused_writes;  // payments that were refused: they have no rows

  const Sum& of(RowClass row_class) const { return classes[static_cast<std::size_t>(row_class)]; }
  Sum all_classes() const;
  bool classes_add_up() const { return all_classes() == files; }
  bool totals_agree() const;
  bool nothing_refused() const;
  bool good() const { return classes_add_up() && totals_agree() && nothing_refused(); }
};

Account make_account(const RowSet& set, const Plan& plan, const Execution& execution);

std::string to_table(const Account& account, const std::string& currency);
// The same every time the same set is imported: no times, no ids.
boost::json::object to_json(const Account& account, const RowSet& set, const std::string& currency);

}  // namespace waybill::tool::retail
