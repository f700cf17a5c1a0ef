#pragma once

#include <memory>
#include <string>

#include "libs/messaging/broker.hpp"
#include "libs/messaging/rabbit/connection.hpp"

namespace waybill::messaging::rabbit {

std::unique_ptr<Publisher> make_publisher(const RabbitOptions& options, const Address& address,
                                          const std::string& name);

}  // namespace waybill::messaging::rabbit
