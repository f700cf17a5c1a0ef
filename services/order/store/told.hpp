// What this service has told of an order, and which messages about it could not be handled.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "libs/pg/pg.hpp"

namespace waybill::order::store {

// An event that a topic has; kept for a week.
struct ToldEvent {
  std::string topic;
  std::string type;      // full protobuf name
  std::string event_id;  // ce_id
  std::int64_t version = 0;
  Instant at;  // when the topic had it
};

// Oldest first.
std::vector<ToldEvent> find_told_events(pg::Session& session, const Id& order_id);

struct DeadCommand {
  Id id;
  std::string type;  // full protobuf name
  Instant at;
};

// Those of these commands that lie in the dead queue.
std::vector<DeadCommand> find_dead_commands(pg::Session& session, std::span<const Id> ids);

}  // namespace waybill::order::store
