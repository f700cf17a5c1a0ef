#include "services/order/events/order_events.hpp"
#include "services/order/queries/queries.hpp"
#include "services/order/store/orders.hpp"

namespace waybill::order::queries {

Result<web::Response> find_order(pg::Session& session, const runtime::Query& query) {
  const auto order = store::find_order(session, query.id());
  if (!order || !query.caller.may_act_for(order->user_id)) {
    return not_found("There is no such order.");
  }
  return runtime::representation(events::representation(*order), order->version,
                                 order->user_id.to_string());
}

}  // namespace waybill::order::queries
