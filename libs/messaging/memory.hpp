// Both brokers in memory, for tests of what stands on them. They pass the same contract suite as
// the real ones.
#pragma once

#include <memory>

#include "libs/messaging/broker.hpp"

namespace waybill::messaging {

std::unique_ptr<RabbitBroker> make_memory_rabbit();
std::unique_ptr<KafkaBroker> make_memory_kafka();

}  // namespace waybill::messaging
