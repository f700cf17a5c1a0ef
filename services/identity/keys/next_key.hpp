// Making the next signing key: whoever wants one, by time or by command, on any process.
#pragma once

#include "services/identity/commands/policy.hpp"
#include "services/identity/store/keys.hpp"

namespace waybill::identity::keys {

// The key that signs next. One that waits for its turn already is given again; else it is made,
// published from now on and signing after the lead.
store::StoredKey next_key(pg::Tx& tx, const Policy& policy, Instant now);

// Makes the next key when it is due, and removes those that are outlived.
void tend_keys(pg::Tx& tx, const Policy& policy, Instant now);

// The schedule of stored keys.
std::vector<domain::KeyTimes> times_of(const std::vector<store::StoredKey>& keys);

}  // namespace waybill::identity::keys
