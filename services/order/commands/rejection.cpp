#include "services/order/commands/rejection.hpp"

#include "services/order/store/reason_items.hpp"

namespace waybill::order::commands {
namespace {

namespace json = boost::json;

struct Refusal {
  std::string_view code;
  FaultKind kind;
  const char* detail;
};

constexpr std::array<Refusal, 5> refusals{{
    {"unknown-product", FaultKind::unprocessable, "Some products don't exist (any more)."},
    {"mixed-currency", FaultKind::unprocessable,
     "The products of an order must have one currency."},
    {"total-too-large", FaultKind::unprocessable, "The order's total is too large to be counted."},
    {"out-of-stock", FaultKind::conflict, "There are fewer units than were ordered."},
    {"price-changed", FaultKind::conflict, "The order's total is not the one that was expected."},
}};

}  // namespace

domain::Reason rejection_reason(std::string code, const json::object& members) {
  domain::Reason reason{std::move(code), std::nullopt, {}};
  if (const json::value* items = members.if_contains("items")) {
    reason.items = store::read_reason_items(*items);
  }
  return reason;
}

Fault rejection_fault(const domain::Order& order, json::object members) {
  const domain::Reason reason = order.reason.value_or(domain::Reason{});
  if (members.empty() && !reason.items.empty()) members["items"] = store::to_json(reason.items);
  members["order_id"] = order.id.to_string();
  Fault fault{FaultKind::unprocessable, reason.code, "The order was rejected.", std::move(members)};
  for (const Refusal& refusal : refusals) {
    if (refusal.code != reason.code) continue;
    fault.kind = refusal.kind;
    fault.detail = refusal.detail;
  }
  return fault;
}

}  // namespace waybill::order::commands
