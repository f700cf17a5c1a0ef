#include "services/product/events/product_events.hpp"
#include "services/product/queries/queries.hpp"
#include "services/product/store/products.hpp"

namespace waybill::product::queries {

Result<web::Response> find_product(pg::Session& session, const runtime::Query& query) {
  const auto product = store::find_product(session, query.id());
  if (!product) return not_found("There is no such product.");
  return runtime::representation(events::representation(*product), product->version);
}

}  // namespace waybill::product::queries
