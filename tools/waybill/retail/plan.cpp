#include "tools/waybill/retail/plan.hpp"

#include <map>
#include <tuple>

#include "tools/waybill/retail/fields.hpp"

namespace waybill::tool::retail {
namespace {

constexpr std::size_t kLongestName = 200;  // characters of a product's name

// At most `most` characters of UTF-8.
std::string shorten(const std::string& text, std::size_t most) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool starts_character = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (starts_character && ++characters > most) return text.substr(0, at);
  }
  return text;
}

// "united-kingdom": what an e-mail address can carry of a country. Bytes beyond ASCII become their
// numbers, so that two countries of such letters stay two.
std::string slug_of(const std::string& text) {
  std::string slug;
  for (const char c : to_lower(text)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) {
      slug += c;
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      slug += fmt::format("{:02x}", static_cast<unsigned char>(c));
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (slug.ends_with('-')) slug.pop_back();
  return slug.empty() ? "unknown" : slug;
}

std::optional<RowClass> why_not_sold(const Row& row) {
  if (row.price == 0) return RowClass::zero_price;
  if (row.price < 0) return RowClass::negative_price;
  if (row.quantity <= 0) return RowClass::negative_quantity;
  return std::nullopt;
}

struct Invoice {
  std::string number;
  bool cancels = false;
  Instant at = Instant::max();
  std::vector<std::size_t> rows;
};

using LineKey = std::pair<std::string, Minor>;  // code and price
using Content = std::map<LineKey, std::int64_t>;

class Planner {
 public:
  explicit Planner(const RowSet& set) : set_{set} {
    plan_.digest = set.digest;
    plan_.classes.assign(set.rows.size(), RowClass::malformed);
  }

  Plan make() {
    collect_names();
    const std::vector<Invoice> invoices = collect_invoices();
    for (const Invoice& invoice : invoices) {
      if (!invoice.cancels) plan_order(invoice);
    }
    for (const Invoice& invoice : invoices) {
      if (invoice.cancels) plan_cancellation(invoice);
    }
    return std::move(plan_);
  }

 private:
  const Row& row(std::size_t index) const { return set_.rows[index]; }

  void collect_names() {
    for (const Row& each : set_.rows) {
      if (each.problem.empty() && !each.description.empty()) {
        names_.try_emplace(each.code, each.description);
      }
    }
  }

  // By date, so that a cancellation finds what was ordered before it; the number decides ties.
  std::vector<Invoice> collect_invoices() const {
    std::map<std::string, Invoice> by_number;
    for (std::size_t i = 0; i < set_.rows.size(); ++i) {
      if (row(i).invoice.empty()) continue;
      Invoice& invoice = by_number[row(i).invoice];
      invoice.number = row(i).invoice;
      invoice.cancels = row(i).is_cancellation();
      invoice.rows.push_back(i);
      if (row(i).problem.empty()) invoice.at = std::min(invoice.at, row(i).at);
    }
    std::vector<Invoice> invoices;
    for (auto& [number, invoice] : by_number) invoices.push_back(std::move(invoice));
    std::stable_sort(invoices.begin(), invoices.end(),
                     [](const Invoice& a, const Invoice& b) { return a.at < b.at; });
    return invoices;
  }

  void plan_order(const Invoice& invoice) {
    PlannedOrder order;
    order.invoice = invoice.number;
    order.at = invoice.at;
    std::map<std::size_t, std::size_t> line_of;  // product → place in the order
    for (const std::size_t index : invoice.rows) {
      if (!row(index).problem.empty()) continue;
      if (const auto why = why_not_sold(row(index))) {
        plan_.classes[index] = *why;
        continue;
      }
      add_row(order, line_of, index);
    }
    if (order.rows.empty()) return;
    const Row& first = row(order.rows.front());
    order.customer = customer_of(first);
    order.country = first.country;
    add_country(plan_.customers[order.customer], first.country);
    plan_.orders.push_back(std::move(order));
  }

  void add_row(PlannedOrder& order, std::map<std::size_t, std::size_t>& line_of,
               std::size_t index) {
    const Row& sold = row(index);
    const std::size_t product = product_of(sold);
    plan_.products[product].units += sold.quantity;
    const auto [line, is_new] = line_of.try_emplace(product, order.lines.size());
    if (is_new) order.lines.push_back({product, 0});
    order.lines[line->second].units += sold.quantity;
    order.total += sold.amount();
    order.units += sold.quantity;
    order.rows.push_back(index);
    plan_.classes[index] = is_new ? RowClass::imported : RowClass::merged;
  }

  std::size_t product_of(const Row& sold) {
    const LineKey key{sold.code, sold.price};
    const auto [found, is_new] = products_.try_emplace(key, plan_.products.size());
    if (is_new) {
      const auto name = names_.find(sold.code);
      plan_.products.push_back(
          {sold.code + "@" + format_money(sold.price),
           shorten(name == names_.end() ? sold.code : name->second, kLongestName), sold.price, 0});
    }
    return found->second;
  }

  // Guests of a country are one customer, however its name is spelled.
  static std::string customer_key(const Row& row) {
    return row.customer.empty() ? "guest-" + slug_of(row.country) : row.customer;
  }

  std::size_t customer_of(const Row& row) {
    const auto [found, is_new] = customers_.try_emplace(customer_key(row), plan_.customers.size());
    if (is_new) {
      const bool guest = row.customer.empty();
      const std::string name = guest ? "guest-" + row.country : row.customer;
      plan_.customers.push_back({"retail-" + name, customer_key(row) + "@retail.example", {}});
    }
    return found->second;
  }

  static void add_country(PlannedCustomer& customer, const std::string& country) {
    auto& all = customer.countries;
    if (std::find(all.begin(), all.end(), country) == all.end()) all.push_back(country);
  }

  void plan_cancellation(const Invoice& invoice) {
    const auto order = order_cancelled_by(invoice);
    const RowClass row_class = order ? RowClass::cancelled : RowClass::return_unmatched;
    for (const std::size_t index : invoice.rows) {
      if (row(index).problem.empty()) plan_.classes[index] = row_class;
    }
    if (!order) return;
    cancelled_.insert(*order);
    plan_.cancellations.push_back({invoice.number, *order, invoice.rows});
  }

  // The latest order before the cancellation, of the same customer, with the same lines and not yet
  // cancelled.
  std::optional<std::size_t> order_cancelled_by(const Invoice& invoice) const {
    Content returned;
    for (const std::size_t index : invoice.rows) {
      if (!row(index).problem.empty() || row(index).quantity >= 0) return std::nullopt;
      returned[{row(index).code, row(index).price}] -= row(index).quantity;
    }
    const auto customer = customers_.find(customer_key(row(invoice.rows.front())));
    if (customer == customers_.end()) return std::nullopt;
    for (std::size_t i = plan_.orders.size(); i-- > 0;) {
      const PlannedOrder& order = plan_.orders[i];
      if (order.customer == customer->second && order.at <= invoice.at && !cancelled_.contains(i) &&
          content_of(order) == returned) {
        return i;
      }
    }
    return std::nullopt;
  }

  Content content_of(const PlannedOrder& order) const {
    Content content;
    for (const std::size_t index : order.rows) {
      content[{row(index).code, row(index).price}] += row(index).quantity;
    }
    return content;
  }

  const RowSet& set_;
  Plan plan_;
  std::map<std::string, std::string> names_;  // code → description
  std::map<LineKey, std::size_t> products_;
  std::map<std::string, std::size_t> customers_;
  std::set<std::size_t> cancelled_;
};

}  // namespace

std::string_view name_of(RowClass row_class) {
  switch (row_class) {
    case RowClass::imported:
      return "imported";
    case RowClass::merged:
      return "merged";
    case RowClass::cancelled:
      return "cancelled";
    case RowClass::return_unmatched:
      return "skipped: return-unmatched";
    case RowClass::zero_price:
      return "skipped: zero-price";
    case RowClass::negative_price:
      return "skipped: negative-price";
    case RowClass::negative_quantity:
      return "skipped: negative-quantity";
    case RowClass::malformed:
      return "skipped: malformed";
    case RowClass::refused:
      return "refused";
  }
  return "";
}

Plan make_plan(const RowSet& set) {
  return Planner{set}.make();
}

}  // namespace waybill::tool::retail
