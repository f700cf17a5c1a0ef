// Reads topics without a consumer group: what others have read or committed plays no part.
#pragma once

#include <atomic>
#include <functional>

#include "libs/messaging/broker.hpp"
#include "tools/waybill/events/selection.hpp"

namespace waybill::tool::events {

enum class Mode {
  show,  // up to the end that each partition has at the start
  tail,  // on and on
};

// Calls `sink` for each event that the selection wants, in order per partition, until the end, the
// limit, `until` or `stop`. Returns how many there were. Throws std::runtime_error when the broker
// is away or a topic or partition does not exist.
std::int64_t read_events(messaging::KafkaBroker& kafka, const Selection& selection, Mode mode,
                         const std::atomic<bool>& stop,
                         const std::function<void(const messaging::Event&)>& sink);

}  // namespace waybill::tool::events
