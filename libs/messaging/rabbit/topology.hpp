// The queues of RabbitMQ that Waybill uses, and with which arguments.
#pragma once

#include <string>
#include <vector>

#include "libs/messaging/rabbit/connection.hpp"

namespace waybill::messaging::rabbit {

// Throws std::invalid_argument for a name that the broker would refuse or that its ladder would
// make too long.
void check_queue(const QueueOptions& options);

// Declares the queue with all that belongs to it.
void declare(Connection& connection, const QueueOptions& options);

// The queue and, of a command queue, its ladder.
std::vector<std::string> queues_of(const QueueOptions& options);

}  // namespace waybill::messaging::rabbit
