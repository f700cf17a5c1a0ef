// The answer to a dry run: a command with the header dry-run is handled in a transaction that is
// rolled back, and whoever asked hears what would have become of it.
#pragma once

#include <string>

#include "libs/messaging/broker.hpp"
#include "libs/outbox/intake.hpp"

namespace waybill::outbox {

struct Rehearsal {
  std::string would;    // succeeded, refused, deferred, duplicate, retry or dead
  std::string reason;   // of retry and dead
  std::string outcome;  // bytes of the common.v1.Outcome that would be stored; empty for none
};

// To the command's reply queue: its message id, headers `would` and `reason`, the outcome as body.
// Does not wait: who misses it asks again.
void answer_rehearsal(const Intake& command, Rehearsal rehearsal, messaging::Publisher& publisher);

}  // namespace waybill::outbox
