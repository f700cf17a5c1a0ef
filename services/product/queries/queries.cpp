#include "services/product/queries/queries.hpp"

namespace waybill::product::queries {

runtime::Queries make_queries() {
  runtime::Queries queries;
  queries.get("/v1/products", list_products);
  queries.get("/v1/products/{id}", find_product, {"product:{id}", std::chrono::minutes{10}});
  queries.get("/v1/products/{id}/stock-movements", list_movements);
  return queries;
}

}  // namespace waybill::product::queries
