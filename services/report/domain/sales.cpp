#include "services/report/domain/sales.hpp"

#include <charconv>

#include <boost/json.hpp>

#include "libs/core/digest.hpp"
#include "services/report/domain/csv.hpp"

namespace waybill::report::domain {
namespace {

namespace json = boost::json;

constexpr int fingerprint_digits = 15;  // of four bits

// The currency of what was sold, if it is one.
std::string only_currency(const std::vector<Totals>& totals, const std::string& otherwise) {
  if (totals.empty()) return otherwise;
  return totals.size() == 1 ? totals.front().currency : "";
}

json::value to_value(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object to_object(const std::string& currency, const Sums& sums) {
  return {{"currency", to_value(currency)},
          {"orders", sums.orders},
          {"units", sums.units},
          {"revenue", format_money(sums.revenue)}};
}

json::object to_object(const DaySales& row) {
  json::object object{{"day", format_day(row.day)}};
  for (auto& member : to_object(row.currency, row.sums)) {
    object.insert(member);
  }
  return object;
}

json::object to_object(const ProductSales& row) {
  json::object object{{"product_id", row.product_id.to_string()},
                      {"sku", row.sku ? json::value(*row.sku) : json::value(nullptr)},
                      {"name", row.name}};
  for (auto& member : to_object(row.currency, row.sums)) {
    object.insert(member);
  }
  return object;
}

// One object; with several currencies its revenue is null and each stands in by_currency.
json::object to_object(const std::vector<Totals>& totals) {
  Sums all;
  json::array each;
  for (const Totals& total : totals) {
    all.add(total.sums);
    each.push_back(to_object(total.currency, total.sums));
  }
  json::object object{
      {"orders", all.orders}, {"units", all.units}, {"revenue", format_money(all.revenue)}};
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

void Sums::add(const Sums& other) {
  orders += other.orders;
  units += other.units;
  revenue += other.revenue;
}

std::int64_t fingerprint(const Id& order, std::int64_t version) {
  const std::string digest = sha256_hex(fmt::format("{} {}", order.to_string(), version));
  return std::stoll(digest.substr(0, fingerprint_digits), nullptr, 16);
}

std::int64_t add_fingerprints(std::int64_t one, std::int64_t other) {
  return (one + other) % (std::int64_t{1} << 60);
}

std::optional<AsOf> parse_as_of(std::string_view text) {
  if (const auto at = parse_rfc3339(text)) return *at;
  std::int64_t offset = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), offset);
  if (failed != std::errc{} || end != text.data() + text.size() || offset < 0) return std::nullopt;
  return offset;
}

std::string to_string(const AsOf& as_of) {
  if (const auto* at = std::get_if<Instant>(&as_of)) return to_rfc3339(*at);
  return std::to_string(std::get<std::int64_t>(as_of));
}

Sales sales_by_day(const SalesQuestion& question, const std::string& zone,
                   const std::string& currency, std::vector<DaySales> sold) {
  std::map<std::string, Totals> totals;
  std::multimap<Day, DaySales> by_day;
  Sales sales{question, zone, "", {}, {}, {}};
  for (DaySales& row : sold) {
    Totals& total = totals[row.currency];
    total.currency = row.currency;
    total.sums.add(row.sums);
    sales.inputs = add_fingerprints(sales.inputs, row.inputs);
    by_day.emplace(row.day, std::move(row));
  }
  for (auto& [name, total] : totals) sales.totals.push_back(std::move(total));
  sales.currency = only_currency(sales.totals, currency);
  for (Day day = question.from; day <= question.to; day += std::chrono::days{1}) {
    const auto [first, last] = by_day.equal_range(day);
    if (first == last) sales.days.push_back({day, sales.currency});
    for (auto row = first; row != last; ++row) sales.days.push_back(std::move(row->second));
  }
  return sales;
}

Sales sales_by_product(Sales by_day, std::vector<ProductSales> sold) {
  Sales sales = std::move(by_day);
  sales.question.by = GroupBy::product;
  sales.days.clear();
  sales.products = std::move(sold);
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
  if (question.as_of) object["as_of"] = to_string(*question.as_of);
  object["digest"] =
      sha256_hex(fmt::format("{}\n{}\n{}", sales.zone, sales.inputs, json::serialize(object)));
  return json::serialize(object);
}

std::string to_csv(const Sales& sales) {
  std::string text;
  const bool by_day = sales.question.by == GroupBy::day;
  if (by_day) append_csv(text, {"day", "currency", "orders", "units", "revenue"});
  for (const DaySales& row : sales.days) {
    append_csv(text, {format_day(row.day), row.currency, std::to_string(row.sums.orders),
                      std::to_string(row.sums.units), format_money(row.sums.revenue)});
  }
  if (!by_day) {
    append_csv(text, {"product_id", "sku", "name", "currency", "orders", "units", "revenue"});
  }
  for (const ProductSales& row : sales.products) {
    append_csv(text, {row.product_id.to_string(), row.sku.value_or(""), row.name, row.currency,
                      std::to_string(row.sums.orders), std::to_string(row.sums.units),
                      format_money(row.sums.revenue)});
  }
  return text;
}

}  // namespace waybill::report::domain
