#include "services/order/queries/queries.hpp"

namespace waybill::order::queries {

runtime::Queries make_queries(FindPlaces find_places) {
  runtime::Queries queries;
  queries.get("/v1/orders", list_orders);
  queries.get("/v1/orders/states", list_states);
  queries.get("/v1/orders/{id}", find_order, {"order:{id}", std::chrono::minutes{5}});
  queries.get("/v1/orders/{id}/timeline",
              [find_places](pg::Session& session, const runtime::Query& query) {
                return find_timeline(session, query, find_places);
              });
  queries.get("/v1/users/{id}/orders", list_orders_of_user);
  return queries;
}

}  // namespace waybill::order::queries
