#pragma once

#include <memory>
#include <string>

#include "libs/messaging/broker.hpp"

namespace waybill::messaging::kafka {

std::unique_ptr<EventProducer> make_producer(const KafkaOptions& options, const std::string& name);

}  // namespace waybill::messaging::kafka
