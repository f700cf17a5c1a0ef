// waybill audit: joins databases, queues and topics, and says what does not fit together.
//
// Each database is read in one REPEATABLE READ snapshot. Within a service the comparison is exact,
// also under load: an event that the snapshot calls told is in the topic when the topic is read
// afterwards, and what the topic had before the snapshot is in the database. Between services what
// is younger than the grace period may still be on its way and is not judged.
// Memory is bounded: databases sort and join for themselves, results come in portions, topics go
// through temporary files (SortedFile), and every comparison is a merge of two sorted streams.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "libs/core/clock.hpp"
#include "libs/messaging/broker.hpp"
#include "tools/waybill/audit/finding.hpp"

namespace waybill::tool::audit {

struct Options {
  std::optional<Instant> since;
  std::optional<Instant> until;
  std::vector<std::string> services;                // empty: all whose database is known
  std::optional<std::chrono::milliseconds> settle;  // wait at most so long until all is quiet
  std::chrono::milliseconds grace{15'000};
  std::chrono::milliseconds stuck{300'000};
  std::size_t kept = 1'000;  // differences named per code; 0: all
  std::string history;       // file of answers; empty: none
};

struct Platform {
  std::map<std::string, std::string> databases;  // URLs by service
  messaging::RabbitBroker& rabbit;
  messaging::KafkaBroker& kafka;
};

// A line for a person who waits, now and then.
using Tell = std::function<void(const std::string&)>;

// Throws when a server is away, UsageError for a service or a file that can't be used.
Report run(const Platform& platform, const Options& options, const Tell& tell);

}  // namespace waybill::tool::audit
