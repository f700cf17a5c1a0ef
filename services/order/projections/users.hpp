// Projection order.users: who the customers are and where they want their orders, from
// waybill.users.
#pragma once

#include <span>

#include "libs/messaging/message.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::order::projections {

inline constexpr const char* users_projection = "order.users";
inline constexpr const char* users_topic = "waybill.users";

// Takes over the users' states; one that is not newer than what is known changes nothing. Events of
// other types (sessions, …) are none of ours. Throws std::invalid_argument for an event that can't
// be read.
void apply_users(pg::Tx& tx, std::span<const messaging::Event> events);

}  // namespace waybill::order::projections
