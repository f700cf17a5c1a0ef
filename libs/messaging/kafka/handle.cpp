#include "libs/messaging/kafka/handle.hpp"

#include <librdkafka/rdkafka.h>

#include "libs/log/log.hpp"

namespace waybill::messaging::kafka {
namespace {

constexpr int kSyslogError = 3;

void on_log(const rd_kafka_t* handle, int level, const char* facility, const char* text) {
  const std::initializer_list<log::Field> fields{
      {"client", rd_kafka_name(handle)}, {"facility", facility}, {"text", text}};
  // ERROR repeats for the application what FAIL has said for the connection.
  if (level <= kSyslogError && std::string_view{facility} != "ERROR") {
    log::warn("kafka.driver", fields);
  } else {
    log::debug("kafka.driver", fields);
  }
}

Handle make(rd_kafka_type_t type, Conf conf) {
  std::array<char, 512> reason{};
  auto* handle = rd_kafka_new(type, conf.get(), reason.data(), reason.size());
  if (handle == nullptr) throw std::invalid_argument{reason.data()};
  [[maybe_unused]] auto* taken = conf.release();  // by the handle
  return Handle{handle};
}

}  // namespace

void Destroy::operator()(rd_kafka_s* handle) const {
  rd_kafka_destroy(handle);
}
void Destroy::operator()(rd_kafka_conf_s* conf) const {
  rd_kafka_conf_destroy(conf);
}
void Destroy::operator()(rd_kafka_topic_partition_list_s* list) const {
  rd_kafka_topic_partition_list_destroy(list);
}

Conf make_conf(const KafkaOptions& options, const std::string& client) {
  Conf conf{rd_kafka_conf_new()};
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  set(conf, "bootstrap.servers", options.brokers);
  set(conf, "client.id", client);
  set(conf, "allow.auto.create.topics", "false");
  set(conf, "reconnect.backoff.ms", "50");
  set(conf, "reconnect.backoff.max.ms", "2000");
  // A topic that is made or grows later is seen within this time.
  set(conf, "topic.metadata.refresh.interval.ms", "10000");
  set(conf, "socket.nagle.disable", "true");
  return conf;
}

void set(const Conf& conf, const char* name, const std::string& value) {
  std::array<char, 512> reason{};
  if (rd_kafka_conf_set(conf.get(), name, value.c_str(), reason.data(), reason.size()) !=
      RD_KAFKA_CONF_OK) {
    throw std::invalid_argument{reason.data()};
  }
}

Handle make_producer_handle(Conf conf) {
  return make(RD_KAFKA_PRODUCER, std::move(conf));
}

Handle make_consumer_handle(Conf conf) {
  auto handle = make(RD_KAFKA_CONSUMER, std::move(conf));
  rd_kafka_poll_set_consumer(handle.get());
  return handle;
}

std::int64_t to_driver(std::int64_t offset) {
  if (offset >= 0) return offset;
  return offset == -2 ? RD_KAFKA_OFFSET_END : RD_KAFKA_OFFSET_BEGINNING;
}

PartitionList to_list(const std::vector<TopicPartition>& partitions) {
  PartitionList list{rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size()))};
  for (const auto& partition : partitions) {
    auto* entry =
        rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition);
    entry->offset = to_driver(partition.offset);
  }
  return list;
}

std::vector<TopicPartition> from_list(const rd_kafka_topic_partition_list_s& list) {
  std::vector<TopicPartition> partitions;
  partitions.reserve(static_cast<std::size_t>(list.cnt));
  for (int i = 0; i < list.cnt; ++i) {
    const auto& entry = list.elems[i];
    partitions.push_back({entry.topic, entry.partition, -1});
  }
  return partitions;
}

void learn_leaders(const Handle& handle, const std::vector<TopicPartition>& partitions) {
  constexpr int limit_ms = 1000;
  std::set<std::string> topics;
  for (const auto& partition : partitions) topics.insert(partition.topic);
  for (const auto& name : topics) {
    auto* topic = rd_kafka_topic_new(handle.get(), name.c_str(), nullptr);
    const rd_kafka_metadata_t* metadata = nullptr;
    rd_kafka_metadata(handle.get(), 0, topic, &metadata, limit_ms);
    if (metadata != nullptr) rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(topic);
  }
}

}  // namespace waybill::messaging::kafka
