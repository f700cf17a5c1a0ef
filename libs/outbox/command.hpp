// A command as a handler sees it.
#pragma once

#include <string>
#include <utility>

#include "libs/core/caller.hpp"
#include "libs/core/clock.hpp"
#include "libs/core/context.hpp"
#include "libs/core/id.hpp"

namespace waybill::outbox {

// Where a command comes from: what its events, saga commands and problem documents carry on.
struct Cause {
  Id command_id;
  Caller caller;
  TraceContext trace;
  std::string instance;  // path of the HTTP request, or "/commands/<type>"
  Instant sent_at;  // when it was first published (AMQP timestamp, whole seconds; header sent_at_us
                    // where present)
  std::int64_t failures = 0;     // how often handling it failed before, on its present ladder
  std::int64_t dead_visits = 0;  // how often it came back from the dead queue
};

template <class Message>
struct Command {
  Cause cause;
  Message body;  // the protobuf message
  Instant now;   // the time of this batch: handlers have no clock of their own

  const Id& id() const { return cause.command_id; }
};

}  // namespace waybill::outbox
