// The advert service's read API.
#pragma once

#include "libs/runtime/queries.hpp"
#include "services/advert/commands/desk.hpp"

namespace waybill::advert::queries {

// Where access is by ownership, a foreign advertiser looks like an unknown one.
struct Access {
  bool enforced = false;
};

// All of them by path. `rules` must outlive them.
runtime::Queries make_queries(const Access& access, const commands::RulesInForce& rules);

}  // namespace waybill::advert::queries
