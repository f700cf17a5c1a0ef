#include "services/report/projections/as_told.hpp"

#include <tuple>

#include <boost/json.hpp>

#include "libs/projection/rows.hpp"
#include "services/report/projections/projections.hpp"

namespace waybill::report::projections {
namespace {

namespace json = boost::json;
using store::SoldOrder;

bool is_sold(const SoldOrder& order) {
  return order.status == "CONFIRMED" || order.status == "PAID" || order.status == "SHIPPED" ||
         order.status == "DELIVERED";
}

// Whose names stand in a product's row: the newest order's, of several the one with the least id.
bool is_newer(const SoldOrder& order, const SoldOrder& other) {
  return std::tie(other.order_date, order.id) < std::tie(order.order_date, other.id);
}

struct ProductRow {
  domain::ProductSales sales;
  const SoldOrder* named_by = nullptr;
};

void add_line(const json::value& line, const SoldOrder& order, ProductRow& row) {
  row.sales.sums.add({1, line.at("quantity").as_int64(), line.at("total").as_int64()});
  if (row.named_by && !is_newer(order, *row.named_by)) return;
  row.named_by = &order;
  row.sales.name = line.at("name").as_string();
  row.sales.sku.reset();
  if (!line.at("sku").is_null()) row.sales.sku = std::string{line.at("sku").as_string()};
}

}  // namespace

SalesAsTold::SalesAsTold(domain::SalesQuestion question, Zone zone, std::string currency)
    : question_{std::move(question)},
      zone_{std::move(zone)},
      currency_{std::move(currency)},
      from_{zone_.start_of(question_.from)},
      to_{zone_.start_of(question_.to + std::chrono::days{1})} {}

void SalesAsTold::add(const messaging::Event& event) {
  if (!is_known(event)) return;
  for (SoldOrder& order : read_orders({&event, 1})) {
    if (order.order_date < from_ || order.order_date >= to_) continue;
    const auto [place, is_new] = orders_.try_emplace(order.id, order);
    if (!is_new && place->second.version < order.version) place->second = std::move(order);
  }
}

bool SalesAsTold::is_known(const messaging::Event& event) const {
  if (!question_.as_of) return true;
  if (const auto* before = std::get_if<std::int64_t>(&*question_.as_of)) {
    return event.offset < *before;
  }
  const std::string& decided = projection::header(event, "ce_time");
  return projection::read_instant(decided, event) <= std::get<Instant>(*question_.as_of);
}

std::vector<domain::DaySales> SalesAsTold::by_day() const {
  std::map<std::pair<Day, std::string>, domain::DaySales> rows;
  for (const auto& [id, order] : orders_) {
    if (!is_sold(order)) continue;
    const Day day = zone_.day_of(order.order_date);
    domain::DaySales& row = rows[{day, order.currency.value()}];
    row.day = day;
    row.currency = *order.currency;
    row.sums.add({1, order.units, order.total_price.value()});
    row.inputs = domain::add_fingerprints(row.inputs, domain::fingerprint(id, order.version));
  }
  std::vector<domain::DaySales> days;
  for (auto& [key, row] : rows) days.push_back(std::move(row));
  return days;
}

std::vector<domain::ProductSales> SalesAsTold::by_product() const {
  std::map<std::pair<Id, std::string>, ProductRow> rows;
  for (const auto& [id, order] : orders_) {
    if (!is_sold(order)) continue;
    const json::value lines = json::parse(order.lines);
    for (const json::value& line : lines.as_array()) {
      const Id product = Id::parse(std::string_view{line.at("product_id").as_string()}).value();
      ProductRow& row = rows[{product, order.currency.value()}];
      row.sales.product_id = product;
      row.sales.currency = *order.currency;
      add_line(line, order, row);
    }
  }
  std::vector<domain::ProductSales> products;
  for (auto& [key, row] : rows) products.push_back(std::move(row.sales));
  std::ranges::stable_sort(products, std::ranges::greater{},
                           [](const domain::ProductSales& row) { return row.sums.revenue; });
  return products;
}

domain::Sales SalesAsTold::sales() const {
  domain::Sales days = domain::sales_by_day(question_, zone_.name(), currency_, by_day());
  if (question_.by == domain::GroupBy::day) return days;
  return domain::sales_by_product(std::move(days), by_product());
}

}  // namespace waybill::report::projections
