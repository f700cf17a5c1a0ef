#include "services/report/queries/queries.hpp"
#include "services/report/store/known.hpp"

namespace waybill::report::queries {

Result<web::Response> list_places(pg::Session& session, const runtime::Query& query) {
  boost::json::array items;
  for (const store::ToldPlace& place : store::find_places_of(session, query.id())) {
    items.push_back(boost::json::object{{"version", place.version},
                                        {"topic", store::orders_topic},
                                        {"partition", place.partition},
                                        {"offset", place.offset},
                                        {"told_at", to_rfc3339(place.told_at)}});
  }
  return web::json_response(200, boost::json::object{{"items", std::move(items)}});
}

}  // namespace waybill::report::queries
