// What was sold, summed up by the database.
#pragma once

#include "libs/pg/pg.hpp"
#include "services/report/domain/sales.hpp"

namespace waybill::report::store {

// Days are those of the zone; `currency` is for days when there are no sales at all.
domain::Sales find_sales(pg::Session& session, const domain::SalesQuestion& question,
                         const Zone& zone, const std::string& currency);

}  // namespace waybill::report::store
