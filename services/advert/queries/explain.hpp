// Why each campaign would be chosen for a client, or not.
#pragma once

#include "libs/runtime/queries.hpp"
#include "services/advert/commands/desk.hpp"

namespace waybill::advert::queries {

inline constexpr std::size_t most_candidates = 1'000;

Result<web::Response> explain(pg::Session& session, const runtime::Query& query,
                              const commands::ChoiceRules& rules);

}  // namespace waybill::advert::queries
