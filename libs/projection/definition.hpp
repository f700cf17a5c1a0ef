// What a projection is: a name, topics, tables, and what it does with events. Services run it
// (projection.hpp); the command-line tool rebuilds it beside the live tables (shadow.hpp).
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "libs/messaging/message.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::projection {

// Applies events in one transaction. Throwing a pg::TransientError repeats the batch; an event for
// which anything else is thrown is parked. It must depend on nothing but the events and its own
// rows: no clock, no other tables. Then a rebuild gives the same rows.
using Apply = std::function<void(pg::Tx&, std::span<const messaging::Event>)>;

struct Definition {
  std::string name;  // in projection_offset and metrics: "order.users"
  std::string service;
  std::vector<std::string> topics;
  // Which only this projection writes, named in SQL without a schema, each with a primary key.
  // Nothing refers to them (no views, no foreign keys): a switch puts others in their place.
  std::vector<std::string> tables = {};
  Apply apply;
  std::size_t batch = 500;
  // Least time between two batches that are not full: where nobody waits for a row, larger batches
  // are cheaper.
  std::chrono::milliseconds pace{0};
};

}  // namespace waybill::projection
