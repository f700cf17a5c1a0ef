#include "services/report/queries/queries.hpp"

namespace waybill::report::queries {

runtime::Queries make_queries(const Shop& shop) {
  runtime::Queries queries;
  queries.get("/v1/reports", [shop](pg::Session& session, const runtime::Query& query) {
    return list_reports(session, query, shop);
  });
  queries.get("/v1/statistics/sales", [shop](pg::Session& session, const runtime::Query& query) {
    return find_sales(session, query, shop);
  });
  queries.get("/orders/{id}/places", list_places);
  return queries;
}

}  // namespace waybill::report::queries
