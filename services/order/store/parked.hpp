// Orders that wait for their delivery address to become known.
#pragma once

#include <span>
#include <vector>

#include "libs/outbox/command.hpp"
#include "libs/pg/pg.hpp"
#include "waybill/order/v1/commands.pb.h"

namespace waybill::order::store {

struct Parked {
  const outbox::Command<v1::PlaceOrder>* command;
  Id address_id;
};

void park(pg::Tx& tx, std::span<const Parked> orders, Instant due_at);

// At most `most` of those whose address is not known although their time is over, the oldest first.
std::vector<outbox::Command<v1::PlaceOrder>> find_overdue(pg::Session& session, Instant now,
                                                          std::size_t most);
void postpone(pg::Session& session, std::span<const outbox::Command<v1::PlaceOrder>> orders,
              Instant due_at);

// At most `most` of those whose address is known by now or which have been `decided`, as commands
// of the moment `now`. They are gone when the transaction commits; no other worker takes them.
std::vector<outbox::Command<v1::PlaceOrder>> take_parked(pg::Tx& tx, std::span<const Id> decided,
                                                         Instant now, std::size_t most);

}  // namespace waybill::order::store
