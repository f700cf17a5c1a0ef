// The order service's read API.
#pragma once

#include <functional>
#include <map>

#include "libs/runtime/queries.hpp"
#include "services/order/clients/topic_places.hpp"

namespace waybill::order::queries {

// A foreign order is 404 to a customer.
Result<web::Response> find_order(pg::Session& session, const runtime::Query& query);
// Customers see their own orders, staff all. 403 for a customer who names another user_id.
Result<web::Response> list_orders(pg::Session& session, const runtime::Query& query);
// 404 for a customer who asks for another's orders.
Result<web::Response> list_orders_of_user(pg::Session& session, const runtime::Query& query);
Result<web::Response> list_states(pg::Session& session, const runtime::Query& query);
// Where the versions of an order stand in their topic, by version; what is not known is not there.
using FindPlaces = std::function<std::map<std::int64_t, clients::TopicPlace>(const Id&)>;
// A foreign order is 404 to a customer; staff see message ids, topics and offsets too.
Result<web::Response> find_timeline(pg::Session& session, const runtime::Query& query,
                                    const FindPlaces& find_places);

// All of them by path.
runtime::Queries make_queries(FindPlaces find_places);

}  // namespace waybill::order::queries
