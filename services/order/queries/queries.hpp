// The order service's read API.
#pragma once

#include "libs/runtime/queries.hpp"

namespace waybill::order::queries {

// A foreign order is 404 to a customer.
Result<web::Response> find_order(pg::Session& session, const runtime::Query& query);
// Customers see their own orders, staff all. 403 for a customer who names another user_id.
Result<web::Response> list_orders(pg::Session& session, const runtime::Query& query);
// 404 for a customer who asks for another's orders.
Result<web::Response> list_orders_of_user(pg::Session& session, const runtime::Query& query);
Result<web::Response> list_states(pg::Session& session, const runtime::Query& query);
// A foreign order is 404 to a customer; staff see message ids and topics too.
Result<web::Response> find_timeline(pg::Session& session, const runtime::Query& query);

// All of them by path.
runtime::Queries make_queries();

}  // namespace waybill::order::queries
