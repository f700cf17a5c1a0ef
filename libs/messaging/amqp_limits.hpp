// What AMQP and RabbitMQ put up with, so that the brokers in memory refuse the same.
#pragma once

#include <string>
#include <vector>

#include "libs/messaging/broker.hpp"

namespace waybill::messaging {

// Each property, and each header's name, is a short string: at most 255 bytes.
bool fits_amqp(const OutgoingMessage& outgoing);

// The queue and, of a command queue, its dead queue and its retry ladder.
std::vector<std::string> queues_of(const QueueOptions& options);

// Throws std::invalid_argument for a name that the broker would refuse or that its ladder would
// make too long.
void check_queue(const QueueOptions& options);

}  // namespace waybill::messaging
