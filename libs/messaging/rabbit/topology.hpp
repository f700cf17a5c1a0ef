// The queues of RabbitMQ that Waybill uses, and with which arguments.
#pragma once

#include "libs/messaging/rabbit/connection.hpp"

namespace waybill::messaging::rabbit {

// Declares the queue with all that belongs to it. The broker refuses when it exists with other
// arguments (other retry delays).
void declare(Connection& connection, const QueueOptions& options);
void declare_notices(Connection& connection, const NoticeQueue& options);

}  // namespace waybill::messaging::rabbit
