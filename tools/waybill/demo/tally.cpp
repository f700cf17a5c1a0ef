#include "tools/waybill/demo/tally.hpp"

namespace waybill::tool::demo {
namespace {

namespace json = boost::json;

std::int64_t integer(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_number() ? value->to_number<std::int64_t>() : 0;
}

std::string text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

void add(Tally& tally, const json::object& order) {
  ++tally.orders;
  const json::value* items = order.if_contains("items");
  if (items && items->is_array()) {
    tally.lines += static_cast<std::int64_t>(items->get_array().size());
    for (const json::value& item : items->get_array()) {
      tally.units += integer(item.as_object(), "quantity");
    }
  }
  const Minor total = parse_money(text(order, "total_price")).value_or(0);
  tally.revenue += total;
  if (text(order, "status") == "CANCELED") {
    ++tally.cancelled;
    tally.cancelled_revenue += total;
  }
}

std::string line(std::string_view name, const std::string& file, const std::string& service,
                 const std::string& topic) {
  return fmt::format("{:<20} {:>16} {:>16} {:>16}   {}\n", name, file, service, topic,
                     file == service && file == topic ? "ok" : "DIFFERS");
}

}  // namespace

Tally tally_of(const retail::Plan& plan) {
  Tally tally;
  for (const retail::PlannedOrder& order : plan.orders) {
    ++tally.orders;
    tally.lines += static_cast<std::int64_t>(order.lines.size());
    tally.units += order.units;
    tally.revenue += order.total;
  }
  for (const retail::PlannedCancellation& cancellation : plan.cancellations) {
    ++tally.cancelled;
    tally.cancelled_revenue += plan.orders[cancellation.order].total;
  }
  return tally;
}

Tally tally_of(const Orders& orders) {
  Tally tally;
  for (const auto& [id, order] : orders) add(tally, order);
  return tally;
}

void keep_newest(Orders& orders, const json::object& order) {
  const auto [found, is_new] = orders.try_emplace(text(order, "id"), order);
  if (!is_new && integer(found->second, "version") < integer(order, "version")) {
    found->second = order;
  }
}

std::string to_table(const Tally& file, const Tally& service, const Tally& topic,
                     const std::string& currency) {
  const auto count = [&](std::string_view name, auto member) {
    return line(name, std::to_string(file.*member), std::to_string(service.*member),
                std::to_string(topic.*member));
  };
  const auto money = [&](std::string_view name, auto member) {
    return line(fmt::format("{} {}", name, currency), format_money(file.*member),
                format_money(service.*member), format_money(topic.*member));
  };
  return fmt::format("{:<20} {:>16} {:>16} {:>16}\n", "", "the file says", "order service",
                     "waybill.orders") +
         count("orders", &Tally::orders) + count("lines", &Tally::lines) +
         count("units", &Tally::units) + money("revenue", &Tally::revenue) +
         count("cancelled orders", &Tally::cancelled) +
         money("cancelled", &Tally::cancelled_revenue);
}

}  // namespace waybill::tool::demo
