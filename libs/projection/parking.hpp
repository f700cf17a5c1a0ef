// Events that a projection could not apply, and those of the same keys that wait behind them:
// nothing is skipped, and nobody else is held up. The event itself lies in parked_event, so that a
// retry does not depend on the topic.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "libs/projection/definition.hpp"

namespace waybill::projection {

struct ParkedEvent {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::string key;
  std::optional<std::string> reason;  // none: it waits behind another of its key
  std::int64_t attempts = 0;
  Instant parked_at;
  std::optional<Instant> tried_at;
};

using TopicKey = std::pair<std::string, std::string>;

// One projection's parked events, in a transaction of the caller's.
class Parking {
 public:
  explicit Parking(std::string projection) : projection_{std::move(projection)} {}

  std::int64_t count(pg::Tx& tx) const;
  // Keys of these events that have something parked.
  std::set<TopicKey> blocked(pg::Tx& tx, std::span<const messaging::Event> events) const;
  // Without a reason it waits behind another.
  void park(pg::Tx& tx, const messaging::Event& event,
            const std::optional<std::string>& reason) const;

 private:
  std::string projection_;
};

// At most `most`, in the order of topics and offsets.
std::vector<ParkedEvent> list_parked(pg::Connection& connection, const std::string& projection,
                                     std::int64_t most = 1'000);

struct Retried {
  std::int64_t applied = 0;
  std::int64_t left = 0;
};
// Tries all parked events again, key by key in their order; a live projection may run meanwhile.
// Throws pg::TransientError.
Retried retry_parked(pg::Connection& connection, const Definition& definition);

}  // namespace waybill::projection
