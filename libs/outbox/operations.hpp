// What the inbox knows of a command: serves /operations/{id} of each service.
#pragma once

#include <optional>
#include <string>

#include "libs/core/clock.hpp"
#include "libs/core/id.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::outbox {

struct Operation {
  enum class Status { pending, succeeded, failed };
  Status status = Status::pending;
  std::string caller;  // header form of libs/core/caller.hpp
  std::string body;    // JSON: result or problem; empty while pending or for 204
  Instant created_at;
  std::optional<Instant> finished_at;
};

std::optional<Operation> find_operation(pg::Session& session, const Id& command_id);

// True when the effect is new and may happen; false when this consumer has done it before.
bool claim_effect(pg::Tx& tx, std::string_view consumer, const Id& event_id);

}  // namespace waybill::outbox
