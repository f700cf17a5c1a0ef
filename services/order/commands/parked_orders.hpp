// Orders that wait for their delivery address: placed when the projection knows it, and decided by
// asking its owner when it has not come in time. (The projection may be far behind: Kafka away, a
// worker killed while it held the partition.)
#pragma once

#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "libs/outbox/writer.hpp"
#include "libs/pg/pg.hpp"
#include "services/order/store/customers.hpp"

namespace waybill::order::commands {

// Nothing: the user has no such address. A fault: nobody can say now. Blocking.
using FindAddress =
    std::function<Result<std::optional<domain::Address>>(const Id& user, const Id& address)>;

// What the owner of addresses said of orders whose time was over.
struct Verdicts {
  std::vector<Id> decided;  // their commands
  std::unordered_map<Id, store::CustomerAddress> addresses;
};

// Asks for at most `most` orders that have waited long enough. Those for which nobody could say
// wait on.
Verdicts ask_for_overdue(pg::Connection& connection, Instant now, std::size_t most,
                         const FindAddress& find_address);

// Places the parked orders whose address is known by now, by the projection or the verdicts, and
// refuses the other decided ones; at most `most`. Returns how many there were. Any number of
// workers may do so at the same time. The retry ladder's steps of a second and ten would be too
// coarse for a wait of three.
std::size_t place_parked(pg::Tx& tx, outbox::Writer& out, Instant now, std::size_t most,
                         const Verdicts& verdicts);

}  // namespace waybill::order::commands
