#pragma once

#include <memory>

#include "libs/messaging/broker.hpp"
#include "libs/messaging/rabbit/connection.hpp"

namespace waybill::messaging::rabbit {

// `queue` has been checked and has a name.
std::unique_ptr<Consumer> make_consumer(const Address& address, const QueueOptions& queue);

}  // namespace waybill::messaging::rabbit
