#include "tools/waybill/retail/account.hpp"

namespace waybill::tool::retail {
namespace {

namespace json = boost::json;

std::size_t index_of(RowClass row_class) {
  return static_cast<std::size_t>(row_class);
}

// The classes of a plan after what the platform said.
class Settlement {
 public:
  Settlement(const RowSet& set, const Plan& plan) : set_{set}, classes_{plan.classes} {
    reasons_.resize(set.rows.size());
    for (std::size_t i = 0; i < set.rows.size(); ++i) reasons_[i] = set.rows[i].problem;
  }

  void refuse(const std::vector<std::size_t>& rows, const Refusal& refusal, Account& account) {
    for (const std::size_t index : rows) {
      if (!set_.rows[index].problem.empty()) continue;
      classes_[index] = RowClass::refused;
      reasons_[index] = refusal.code + (refusal.detail.empty() ? "" : ": " + refusal.detail);
      account.refused_codes[refusal.code].add(set_.rows[index]);
    }
  }

  // The order of this cancellation was refused: there is nothing to cancel.
  void unmatch(const std::vector<std::size_t>& rows) {
    for (const std::size_t index : rows) classes_[index] = RowClass::return_unmatched;
  }

  void write(Account& account) const {
    for (std::size_t i = 0; i < classes_.size(); ++i) {
      account.classes[index_of(classes_[i])].add(set_.rows[i]);
      if (classes_[i] != RowClass::imported) {
        account.not_imported.push_back({i, classes_[i], reasons_[i]});
      }
    }
  }

 private:
  const RowSet& set_;
  std::vector<RowClass> classes_;
  std::vector<std::string> reasons_;
};

std::string row_of_table(std::string_view name, const Sum& sum) {
  return fmt::format("{:<28} {:>9} {:>12} {:>16}\n", name, sum.rows, sum.units,
                     format_money(sum.amount));
}

std::string check_line(bool holds, const std::string& what) {
  return fmt::format("{}  {}\n", holds ? "ok    " : "WRONG ", what);
}

json::object sum_to_json(const Sum& sum) {
  return {{"rows", sum.rows}, {"units", sum.units}, {"amount", format_money(sum.amount)}};
}

json::array classes_to_json(const Account& account) {
  json::array classes;
  for (std::size_t i = 0; i < kRowClasses; ++i) {
    json::object entry{{"class", name_of(static_cast<RowClass>(i))}};
    for (auto& member : sum_to_json(account.classes[i])) entry.insert(member);
    classes.push_back(std::move(entry));
  }
  return classes;
}

json::array notes_to_json(const Account& account, const RowSet& set) {
  json::array notes;
  for (const RowNote& note : account.not_imported) {
    const Row& row = set.rows[note.row];
    json::object entry{{"file", set.files[row.file]},
                       {"line", row.line},
                       {"class", name_of(note.row_class)},
                       {"invoice", row.invoice},
                       {"units", row.quantity},
                       {"amount", format_money(row.amount())}};
    if (!note.reason.empty()) entry["reason"] = note.reason;
    notes.push_back(std::move(entry));
  }
  return notes;
}

}  // namespace

void Sum::add(const Row& row) {
  ++rows;
  units += row.quantity;
  amount += row.amount();
}

Execution assume_accepted(const Plan& plan) {
  Execution execution;
  for (const PlannedOrder& order : plan.orders) {
    execution.orders.emplace_back(PlacedOrder{"", "", order.total});
  }
  execution.payments.resize(plan.orders.size());
  execution.cancellations.resize(plan.cancellations.size());
  return execution;
}

Sum Account::all_classes() const {
  Sum all;
  for (const Sum& sum : classes) {
    all.rows += sum.rows;
    all.units += sum.units;
    all.amount += sum.amount;
  }
  return all;
}

bool Account::totals_agree() const {
  return orders_total == of(RowClass::imported).amount + of(RowClass::merged).amount;
}

bool Account::nothing_refused() const {
  return of(RowClass::refused).rows == 0 && refused_writes.empty();
}

Account make_account(const RowSet& set, const Plan& plan, const Execution& execution) {
  Account account;
  for (const Row& row : set.rows) account.files.add(row);
  Settlement settlement{set, plan};
  for (std::size_t i = 0; i < plan.orders.size(); ++i) {
    if (const auto* refusal = std::get_if<Refusal>(&execution.orders[i])) {
      settlement.refuse(plan.orders[i].rows, *refusal, account);
      continue;
    }
    ++account.orders;
    account.orders_total += std::get<PlacedOrder>(execution.orders[i]).total;
    if (const auto& refusal = execution.payments[i]) {
      account.refused_writes.push_back(fmt::format(
          "payment of invoice {}: {} {}", plan.orders[i].invoice, refusal->code, refusal->detail));
    }
  }
  for (std::size_t i = 0; i < plan.cancellations.size(); ++i) {
    const PlannedCancellation& cancellation = plan.cancellations[i];
    if (std::holds_alternative<Refusal>(execution.orders[cancellation.order])) {
      settlement.unmatch(cancellation.rows);
    } else if (const auto& refusal = execution.cancellations[i]) {
      settlement.refuse(cancellation.rows, *refusal, account);
    } else {
      ++account.cancelled_orders;
    }
  }
  settlement.write(account);
  return account;
}

std::string to_table(const Account& account, const std::string& currency) {
  std::string table =
      fmt::format("{:<28} {:>9} {:>12} {:>16}\n", "class", "rows", "units", "amount " + currency);
  for (std::size_t i = 0; i < kRowClasses; ++i) {
    table += row_of_table(name_of(static_cast<RowClass>(i)), account.classes[i]);
  }
  for (const auto& [code, sum] : account.refused_codes) table += row_of_table("  " + code, sum);
  table += row_of_table("all classes", account.all_classes());
  table += row_of_table("all rows of the files", account.files);
  table +=
      fmt::format("\n{} orders placed, {} of them cancelled again, total {} {}\n\n", account.orders,
                  account.cancelled_orders, format_money(account.orders_total), currency);
  for (const std::string& refused : account.refused_writes) table += "refused  " + refused + "\n";
  table += check_line(account.classes_add_up(), "the classes add up to all rows of the files");
  table += check_line(account.totals_agree(), "the orders' total_price = imported + merged");
  table += check_line(account.nothing_refused(), "nothing was refused");
  return table;
}

json::object to_json(const Account& account, const RowSet& set, const std::string& currency) {
  json::object refused;
  for (const auto& [code, sum] : account.refused_codes) refused[code] = sum_to_json(sum);
  json::object orders{{"count", account.orders},
                      {"cancelled", account.cancelled_orders},
                      {"total_price", format_money(account.orders_total)}};
  json::object checks{{"classes_add_up", account.classes_add_up()},
                      {"totals_agree", account.totals_agree()},
                      {"nothing_refused", account.nothing_refused()}};
  return {{"files", json::value_from(set.files)},
          {"currency", currency},
          {"total", sum_to_json(account.files)},
          {"classes", classes_to_json(account)},
          {"refused", std::move(refused)},
          {"refused_writes", json::value_from(account.refused_writes)},
          {"orders", std::move(orders)},
          {"checks", std::move(checks)},
          {"good", account.good()},
          {"rows", notes_to_json(account, set)}};
}

}  // namespace waybill::tool::retail
