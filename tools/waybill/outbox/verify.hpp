// The outbox against the topics: is everything there that the database calls told?
#pragma once

#include <optional>
#include <string>

#include "libs/core/clock.hpp"
#include "libs/messaging/broker.hpp"
#include "tools/waybill/audit/audit.hpp"
#include "tools/waybill/audit/finding.hpp"

namespace waybill::tool::outbox {

// Compares what outbox_sent keeps (a week, or since then) with what the topics have. Codes:
// event-missing, event-differs, each with the id of its outbox row. Memory is bounded as an audit's
// is. Throws when a server is away.
void verify(const std::string& service, const std::string& url, messaging::KafkaBroker& kafka,
            const std::optional<Instant>& since, const audit::Tell& tell, audit::Report& report);

}  // namespace waybill::tool::outbox
