// One row per version of an order: who brought it, and when.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libs/pg/pg.hpp"
#include "services/order/domain/order.hpp"

namespace waybill::order::store {

// Where the message that changed an order came from.
enum class Source { gateway, product, timer };

std::string_view to_string(Source source);

struct HistoryEntry {
  Id order_id;
  std::int64_t version = 1;
  domain::Status status = domain::Status::pending;
  Source source = Source::gateway;
  std::optional<std::string> note;  // the reason that was given
  Id cause_id;                      // the message
  Instant sent_at;                  // when the message was sent
  Instant at;                       // when the order changed
  std::int64_t failures = 0;        // of the message, before it was done
  std::int64_t dead_visits = 0;     // how often the message came back from the dead queue
};

void insert_history(pg::Tx& tx, std::span<const HistoryEntry> entries);
// Oldest first.
std::vector<HistoryEntry> find_history(pg::Session& session, const Id& order_id);

}  // namespace waybill::order::store
