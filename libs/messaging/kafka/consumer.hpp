#pragma once

#include <memory>
#include <vector>

#include "libs/messaging/broker.hpp"

namespace waybill::messaging::kafka {

std::unique_ptr<EventConsumer> join_group(const KafkaOptions& options, GroupOptions group);
std::unique_ptr<EventConsumer> read(const KafkaOptions& options, std::vector<TopicPartition> from);

}  // namespace waybill::messaging::kafka
