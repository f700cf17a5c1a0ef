// The product service's read API.
#pragma once

#include "libs/runtime/queries.hpp"

namespace waybill::product::queries {

Result<web::Response> find_product(pg::Session& session, const runtime::Query& query);
Result<web::Response> list_products(pg::Session& session, const runtime::Query& query);
Result<web::Response> list_movements(pg::Session& session, const runtime::Query& query);

// All of them by path.
runtime::Queries make_queries();

}  // namespace waybill::product::queries
