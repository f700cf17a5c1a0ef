// Orders that nobody has paid for too long are canceled, and their stock goes back.
#pragma once

#include <cstddef>

#include "libs/outbox/writer.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::order::timers {

// Cancels at most `most` orders whose time to pay is over; returns how many it looked at, so that
// `most` means there may be more. Any number of workers may do so at the same time: each order is
// taken by one of them, and one that was paid in the meantime is left alone.
std::size_t expire_unpaid(pg::Tx& tx, outbox::Writer& out, Instant now, std::size_t most);

}  // namespace waybill::order::timers
