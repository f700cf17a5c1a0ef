// Projection order.users: who the customers are and where they want their orders, from
// waybill.users.
#pragma once

#include "libs/projection/definition.hpp"

namespace waybill::order::projections {

// A state that is not newer than what is known changes nothing; events of other types (sessions, …)
// are none of ours.
projection::Definition users();

}  // namespace waybill::order::projections
