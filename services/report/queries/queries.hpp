// The report service's read API.
#pragma once

#include "libs/core/zone.hpp"
#include "libs/runtime/queries.hpp"

namespace waybill::report::queries {

struct Shop {
  Zone zone;
  std::string currency;  // of days when nothing was sold
};

// For the order service's timeline, not in the public contract: {items: [{version, topic,
// partition, offset, told_at}]}, empty for an order that nothing is known of.
Result<web::Response> list_places(pg::Session& session, const runtime::Query& query);

// All of them by path.
runtime::Queries make_queries(const Shop& shop);

// A day's report: a page of rows, all of them as CSV, or the chart of the 30 days that end with it.
Result<web::Response> list_reports(pg::Session& session, const runtime::Query& query,
                                   const Shop& shop);
// 400 for a range that ends before it begins or is longer than 366 days.
Result<web::Response> find_sales(pg::Session& session, const runtime::Query& query,
                                 const Shop& shop);

}  // namespace waybill::report::queries
