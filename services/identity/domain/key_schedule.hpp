// When signing keys are published, sign and go. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "libs/core/clock.hpp"

namespace waybill::identity::domain {

struct KeyTimes {
  Instant created_at;  // published from here on
  Instant signs_from;  // until the next one signs
};

struct KeyPlan {
  std::chrono::milliseconds rotation;    // how long a key signs
  std::chrono::milliseconds lead;        // how long it is published before
  std::chrono::milliseconds token_life;  // how long after its last signature tokens are about
};

// The one that signs now; nullopt when none may yet. `keys` in the order of signs_from.
std::optional<std::size_t> signing_key(std::span<const KeyTimes> keys, Instant now);

// How many at the beginning have signed nothing that could still be valid.
std::size_t count_outlived(std::span<const KeyTimes> keys, const KeyPlan& plan, Instant now);

// Is it time to make the next key? Then there is none that waits for its turn.
bool is_due(std::span<const KeyTimes> keys, const KeyPlan& plan, Instant now);

// When a key that is made now begins to sign: at once when it is the first one ever, nobody has a
// key set without it.
KeyTimes next_key(std::span<const KeyTimes> keys, const KeyPlan& plan, Instant now);

}  // namespace waybill::identity::domain
