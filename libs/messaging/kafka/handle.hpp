// librdkafka's objects with owners, and the settings that all of ours share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libs/messaging/broker.hpp"

struct rd_kafka_s;
struct rd_kafka_conf_s;
struct rd_kafka_topic_partition_list_s;

namespace waybill::messaging::kafka {

struct Destroy {
  void operator()(rd_kafka_s* handle) const;
  void operator()(rd_kafka_conf_s* conf) const;
  void operator()(rd_kafka_topic_partition_list_s* list) const;
};
using Handle = std::unique_ptr<rd_kafka_s, Destroy>;
using Conf = std::unique_ptr<rd_kafka_conf_s, Destroy>;
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_s, Destroy>;

// Addresses, reconnecting, logging. Throws std::invalid_argument.
Conf make_conf(const KafkaOptions& options, const std::string& client);
void set(const Conf& conf, const char* name, const std::string& value);
Handle make_producer_handle(Conf conf);
Handle make_consumer_handle(Conf conf);

// Offsets in the words of EventConsumer (-1 beginning, -2 end) against those of librdkafka, which
// has them the other way round.
std::int64_t to_driver(std::int64_t offset);
PartitionList to_list(const std::vector<TopicPartition>& partitions);
std::vector<TopicPartition> from_list(const rd_kafka_topic_partition_list_s& list);

// Makes the handle know the leaders of these topics; blocks for some milliseconds, without a broker
// for a second. Assigning a partition whose leader is unknown costs half a second: librdkafka looks
// again on a timer.
void learn_leaders(const Handle& handle, const std::vector<TopicPartition>& partitions);

}  // namespace waybill::messaging::kafka
