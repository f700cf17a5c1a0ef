// A row of the outbox, as it goes to a broker.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/core/clock.hpp"
#include "libs/messaging/broker.hpp"

namespace waybill::outbox {

struct OutboxRow {
  std::int64_t id = 0;
  std::string target, key, type, payload;
  messaging::Headers headers;
  Instant at;
};

// Of the column `headers`.
messaging::Headers parse_headers(std::string_view text);

// A command's message to its queue, or to "waybill.notices/<key>": nobody need want a notice.
messaging::OutgoingMessage to_outgoing(const OutboxRow& row);

}  // namespace waybill::outbox
