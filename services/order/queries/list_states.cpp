#include "services/order/domain/transitions.hpp"
#include "services/order/queries/queries.hpp"

namespace waybill::order::queries {
namespace {

namespace json = boost::json;

json::object to_json(const domain::Transition& move) {
  json::array by;
  for (const domain::Actor actor : move.by) by.emplace_back(domain::to_string(actor));
  return {{"from", domain::to_string(move.from)},
          {"to", domain::to_string(move.to)},
          {"by", std::move(by)}};
}

}  // namespace

Result<web::Response> list_states(pg::Session&, const runtime::Query&) {
  json::array final_states;
  for (const domain::Status status : domain::all_statuses) {
    if (domain::is_final(status)) final_states.emplace_back(domain::to_string(status));
  }
  json::array moves;
  for (const domain::Transition& move : domain::transitions()) moves.push_back(to_json(move));
  return web::json_response(200,
                            json::object{{"initial", domain::to_string(domain::Status::pending)},
                                         {"final", std::move(final_states)},
                                         {"transitions", std::move(moves)}});
}

}  // namespace waybill::order::queries
