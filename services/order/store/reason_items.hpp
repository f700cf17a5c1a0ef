// The products that kept an order from being confirmed, as JSON: in the column reason_items and in
// problem documents alike.
#pragma once

#include <vector>

#include <boost/json.hpp>

#include "services/order/domain/order.hpp"

namespace waybill::order::store {

// [{product_id, requested?, available?}]
boost::json::array to_json(const std::vector<domain::ReasonItem>& items);

// The other way round; what is no such array, or no such item of it, is left out.
std::vector<domain::ReasonItem> read_reason_items(const boost::json::value& array);

}  // namespace waybill::order::store
