#include "services/report/domain/sales.hpp"

#include <boost/json.hpp>

#include "libs/core/digest.hpp"
#include "services/report/domain/csv.hpp"

namespace waybill::report::domain {
namespace {

namespace json = boost::json;

// The currency of what was sold, if it is one.
std::string only_currency(const std::vector<Totals>& totals, const std::string& otherwise) {
  if (totals.empty()) return otherwise;
  return totals.size() == 1 ? totals.front().currency : "";
}

json::value to_value(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object amounts(const std::string& currency, std::int64_t orders, std::int64_t units,
                     Minor revenue) {
  return {{"currency", to_value(currency)},
          {"orders", orders},
          {"units", units},
          {"revenue", format_money(revenue)}};
}

json::object to_object(const DaySales& row) {
  json::object object{{"day", format_day(row.day)}};
  for (auto& member : amounts(row.currency, row.orders, row.units, row.revenue)) {
    object.insert(member);
  }
  return object;
}

json::object to_object(const ProductSales& row) {
  json::object object{{"product_id", row.product_id.to_string()},
                      {"sku", row.sku ? json::value(*row.sku) : json::value(nullptr)},
                      {"name", row.name}};
  for (auto& member : amounts(row.currency, row.orders, row.units, row.revenue)) {
    object.insert(member);
  }
  return object;
}

// One object; with several currencies its revenue is null and each stands in by_currency.
json::object to_object(const std::vector<Totals>& totals) {
  std::int64_t orders = 0, units = 0;
  Minor revenue = 0;
  json::array each;
  for (const Totals& total : totals) {
    orders += total.orders;
    units += total.units;
    revenue += total.revenue;
    each.push_back(amounts(total.currency, total.orders, total.units, total.revenue));
  }
  json::object object{{"orders", orders}, {"units", units}, {"revenue", format_money(revenue)}};
  if (totals.size() > 1) {
    object["revenue"] = nullptr;
    object["by_currency"] = std::move(each);
  }
  return object;
}

std::string_view to_string(GroupBy by) {
  return by == GroupBy::day ? "day" : "product";
}

}  // namespace

Sales sales_by_day(const SalesQuestion& question, const std::string& zone,
                   const std::string& currency, std::vector<DaySales> sold) {
  std::map<std::string, Totals> totals;
  std::multimap<Day, DaySales> by_day;
  for (DaySales& row : sold) {
    Totals& total = totals[row.currency];
    total.currency = row.currency;
    total.orders += row.orders;
    total.units += row.units;
    total.revenue += row.revenue;
    by_day.emplace(row.day, std::move(row));
  }
  Sales sales{question, zone, "", {}, {}, {}};
  for (auto& [name, total] : totals) sales.totals.push_back(std::move(total));
  sales.currency = only_currency(sales.totals, currency);
  for (Day day = question.from; day <= question.to; day += std::chrono::days{1}) {
    const auto [first, last] = by_day.equal_range(day);
    if (first == last) sales.days.push_back({day, sales.currency});
    for (auto row = first; row != last; ++row) sales.days.push_back(std::move(row->second));
  }
  return sales;
}

Sales sales_by_product(const SalesQuestion& question, const std::string& zone,
                       const std::string& currency, std::vector<ProductSales> sold,
                       std::vector<Totals> totals) {
  Sales sales{question, zone, only_currency(totals, currency), {}, std::move(sold), {}};
  sales.totals = std::move(totals);
  return sales;
}

std::string to_json(const Sales& sales) {
  const SalesQuestion& question = sales.question;
  json::array rows;
  for (const DaySales& row : sales.days) rows.push_back(to_object(row));
  for (const ProductSales& row : sales.products) rows.push_back(to_object(row));
  json::object object{{"from", format_day(question.from)},    {"to", format_day(question.to)},
                      {"by", to_string(question.by)},         {"as_of", nullptr},
                      {"currency", to_value(sales.currency)}, {"rows", std::move(rows)},
                      {"totals", to_object(sales.totals)}};
  if (question.as_of) object["as_of"] = to_rfc3339(*question.as_of);
  object["digest"] = sha256_hex(sales.zone + '\n' + json::serialize(object));
  return json::serialize(object);
}

std::string to_csv(const Sales& sales) {
  std::string text;
  const bool by_day = sales.question.by == GroupBy::day;
  if (by_day) append_csv(text, {"day", "currency", "orders", "units", "revenue"});
  for (const DaySales& row : sales.days) {
    append_csv(text, {format_day(row.day), row.currency, std::to_string(row.orders),
                      std::to_string(row.units), format_money(row.revenue)});
  }
  if (!by_day) {
    append_csv(text, {"product_id", "sku", "name", "currency", "orders", "units", "revenue"});
  }
  for (const ProductSales& row : sales.products) {
    append_csv(text,
               {row.product_id.to_string(), row.sku.value_or(""), row.name, row.currency,
                std::to_string(row.orders), std::to_string(row.units), format_money(row.revenue)});
  }
  return text;
}

}  // namespace waybill::report::domain
