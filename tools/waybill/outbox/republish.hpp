// Tells again what the outbox has told before.
//
// Events of a key are told again in order and with all that came behind them, so that the topic's
// last word on a key stays its newest version. Consumers drop what they know by its version; the
// inboxes of other services drop saga commands by their ids.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libs/core/clock.hpp"
#include "libs/outbox/relay.hpp"

namespace waybill::tool::outbox {

// Which rows of outbox_sent are meant; what is empty says nothing, at least one must say something.
struct Selection {
  std::string channel = "event";
  std::vector<std::int64_t> ids = {};
  std::string key = {};
  std::optional<Instant> since = {};
  std::optional<Instant> until = {};

  bool empty() const { return ids.empty() && key.empty() && !since && !until; }
};

struct Republished {
  std::int64_t chosen = 0;  // rows that were meant
  std::int64_t keys = 0;
  std::int64_t told = 0;  // with those behind them; of a dry run: how many it would be
};

// At most `per_second` rows; a dry run (no sink) counts. Throws std::runtime_error when the broker
// does not take a row: what was told before it may be told once more.
Republished republish(const std::string& url, const Selection& selection,
                      waybill::outbox::Sink* sink, double per_second);

}  // namespace waybill::tool::outbox
