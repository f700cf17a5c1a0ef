// A rejected order, as its customer is told: code and members of the problem document.
#pragma once

#include <string_view>

#include <boost/json.hpp>

#include "libs/core/fault.hpp"
#include "services/order/domain/order.hpp"

namespace waybill::order::commands {

// What goes into the order of the product service's refusal; items from its members.
domain::Reason rejection_reason(std::string code, const boost::json::object& members);

// 409 out-of-stock, price-changed; 422 otherwise. `members` as the product service gave them;
// without them the items are taken from the order's reason. `order_id` is added.
Fault rejection_fault(const domain::Order& order, boost::json::object members);

}  // namespace waybill::order::commands
