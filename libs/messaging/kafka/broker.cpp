#include "libs/messaging/broker.hpp"

#include <stop_token>

#include <librdkafka/rdkafka.h>

#include "libs/messaging/kafka/consumer.hpp"
#include "libs/messaging/kafka/handle.hpp"
#include "libs/messaging/kafka/producer.hpp"
#include "libs/metrics/metrics.hpp"

namespace waybill::messaging {
namespace {

using std::chrono::milliseconds;

constexpr int kRequestMs = 5000;
constexpr milliseconds kTopicLimit{10'000};

[[noreturn]] void fail(const std::string& what, const char* reason) {
  throw std::runtime_error{fmt::format("Kafka: {}: {}", what, reason)};
}

void throw_on(rd_kafka_resp_err_t error, const std::string& what) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) fail(what, rd_kafka_err2str(error));
}

// A partition whose leader was just chosen, by a new topic or a broker's restart, answers so for
// some milliseconds, although the metadata name the leader already.
bool is_settling(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
         error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
         error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
}

template <class Ask>
void ask_until_settled(const std::string& what, const Ask& ask) {
  const auto deadline = std::chrono::steady_clock::now() + kTopicLimit;
  auto error = ask();
  while (is_settling(error) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds{20});
    error = ask();
  }
  throw_on(error, what);
}

template <class T, void (*destroy)(T*)>
struct Destroyer {
  void operator()(T* object) const { destroy(object); }
};
using Topic =
    std::unique_ptr<rd_kafka_topic_t, Destroyer<rd_kafka_topic_t, rd_kafka_topic_destroy>>;
using Queue =
    std::unique_ptr<rd_kafka_queue_t, Destroyer<rd_kafka_queue_t, rd_kafka_queue_destroy>>;
using AdminEvent =
    std::unique_ptr<rd_kafka_event_t, Destroyer<rd_kafka_event_t, rd_kafka_event_destroy>>;
using NewTopic =
    std::unique_ptr<rd_kafka_NewTopic_t, Destroyer<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>>;
using DeleteTopic =
    std::unique_ptr<rd_kafka_DeleteTopic_t,
                    Destroyer<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy>>;

class Kafka final : public KafkaBroker {
 public:
  explicit Kafka(KafkaOptions options)
      : options_{std::move(options)},
        handle_{kafka::make_producer_handle(kafka::make_conf(options_, "waybill-admin"))},
        connected_gauge_{metrics::gauge("kafka_connected", "1 while a Kafka broker answers.")},
        watcher_{[this](const std::stop_token& stop) { watch(stop); }} {}

  std::unique_ptr<EventProducer> make_producer(const std::string& name) override {
    return kafka::make_producer(options_, name);
  }

  std::unique_ptr<EventConsumer> join_group(GroupOptions group) override {
    return kafka::join_group(options_, std::move(group));
  }

  std::unique_ptr<EventConsumer> read(std::vector<TopicPartition> from) override {
    return kafka::read(options_, std::move(from));
  }

  std::vector<PartitionInfo> partitions(const std::string& topic) override {
    std::vector<PartitionInfo> infos;
    const auto count = count_partitions(topic);
    for (std::int32_t partition = 0; partition < count; ++partition) {
      PartitionInfo info{.partition = partition};
      ask_until_settled(fmt::format("offsets of {}", topic), [&] {
        return rd_kafka_query_watermark_offsets(handle_.get(), topic.c_str(), partition,
                                                &info.first, &info.end, kRequestMs);
      });
      infos.push_back(info);
    }
    return infos;
  }

  std::vector<TopicPartition> offsets_at(const std::string& topic, Instant at) override {
    const auto infos = partitions(topic);
    std::vector<TopicPartition> positions;
    for (const auto& info : infos) positions.push_back({topic, info.partition, to_unix_millis(at)});
    kafka::PartitionList list;
    ask_until_settled(fmt::format("offsets of {} at a time", topic), [&] {
      list = kafka::to_list(positions);
      const auto error = rd_kafka_offsets_for_times(handle_.get(), list.get(), kRequestMs);
      return error != RD_KAFKA_RESP_ERR_NO_ERROR ? error : first_error(*list);
    });
    for (std::size_t i = 0; i < positions.size(); ++i) {
      const auto offset = list->elems[i].offset;
      positions[i].offset = offset >= 0 ? offset : infos[i].end;
    }
    return positions;
  }

  void create_topic(const std::string& topic, int partitions, const Headers& config) override {
    constexpr int replicas_as_the_broker_says = -1;
    std::array<char, 256> reason{};
    const NewTopic request{rd_kafka_NewTopic_new(
        topic.c_str(), partitions, replicas_as_the_broker_says, reason.data(), reason.size())};
    if (!request) fail(fmt::format("topic {}", topic), reason.data());
    for (const auto& [name, value] : config) {
      rd_kafka_NewTopic_set_config(request.get(), name.c_str(), value.c_str());
    }
    auto* requests = request.get();
    const auto answer = ask([&](rd_kafka_queue_t* queue) {
      rd_kafka_CreateTopics(handle_.get(), &requests, 1, nullptr, queue);
    });
    std::size_t count = 0;
    check(rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer.get()),
                                              &count),
          count, RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, topic);
    wait_until_known(topic);
  }

  void delete_topic(const std::string& topic) override {
    const DeleteTopic request{rd_kafka_DeleteTopic_new(topic.c_str())};
    auto* requests = request.get();
    const auto answer = ask([&](rd_kafka_queue_t* queue) {
      rd_kafka_DeleteTopics(handle_.get(), &requests, 1, nullptr, queue);
    });
    std::size_t count = 0;
    check(rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(answer.get()),
                                              &count),
          count, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, topic);
  }

  bool is_connected() const override { return connected_.load(std::memory_order_relaxed); }

 private:
  static rd_kafka_resp_err_t first_error(const rd_kafka_topic_partition_list_t& list) {
    for (int i = 0; i < list.cnt; ++i) {
      if (list.elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) return list.elems[i].err;
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  // Throws when the topic is unknown or without leaders.
  std::int32_t count_partitions(const std::string& topic) {
    const Topic known{rd_kafka_topic_new(handle_.get(), topic.c_str(), nullptr)};
    const rd_kafka_metadata_t* metadata = nullptr;
    throw_on(rd_kafka_metadata(handle_.get(), 0, known.get(), &metadata, kRequestMs),
             fmt::format("topic {}", topic));
    const auto& found = metadata->topics[0];
    auto error = found.err;
    for (int i = 0; i < found.partition_cnt && error == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
      error = found.partitions[i].err;
    }
    const auto count = found.partition_cnt;
    rd_kafka_metadata_destroy(metadata);
    throw_on(error, fmt::format("topic {}", topic));
    return count;
  }

  // The controller says yes before all brokers know of the topic.
  void wait_until_known(const std::string& topic) {
    const auto deadline = std::chrono::steady_clock::now() + kTopicLimit;
    for (;;) {
      try {
        count_partitions(topic);
        return;
      } catch (const std::runtime_error&) {
        if (std::chrono::steady_clock::now() > deadline) throw;
        std::this_thread::sleep_for(milliseconds{20});
      }
    }
  }

  template <class Request>
  AdminEvent ask(const Request& request) {
    const Queue queue{rd_kafka_queue_new(handle_.get())};
    request(queue.get());
    AdminEvent answer{rd_kafka_queue_poll(queue.get(), 2 * kRequestMs)};
    if (!answer) fail("admin request", "no answer");
    throw_on(rd_kafka_event_error(answer.get()), "admin request");
    return answer;
  }

  static void check(const rd_kafka_topic_result_t** results, std::size_t count,
                    rd_kafka_resp_err_t harmless, const std::string& topic) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto error = rd_kafka_topic_result_error(results[i]);
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == harmless) continue;
      const auto* reason = rd_kafka_topic_result_error_string(results[i]);
      fail(fmt::format("topic {}", topic), reason != nullptr ? reason : rd_kafka_err2str(error));
    }
  }

  // A broker counts as there while it answers the smallest of requests.
  void watch(const std::stop_token& stop) {
    constexpr int limit_ms = 1000;
    std::mutex mutex;
    std::condition_variable_any stopped;
    while (!stop.stop_requested()) {
      const rd_kafka_metadata_t* metadata = nullptr;
      const auto error = rd_kafka_metadata(handle_.get(), 0, nullptr, &metadata, limit_ms);
      if (metadata != nullptr) rd_kafka_metadata_destroy(metadata);
      connected_ = error == RD_KAFKA_RESP_ERR_NO_ERROR;
      connected_gauge_.set(connected_ ? 1 : 0);
      std::unique_lock lock{mutex};
      stopped.wait_for(lock, stop, std::chrono::seconds{1}, [] { return false; });
    }
  }

  const KafkaOptions options_;
  const kafka::Handle handle_;
  metrics::Gauge& connected_gauge_;
  std::atomic<bool> connected_{false};
  std::jthread watcher_;
};

}  // namespace

std::unique_ptr<KafkaBroker> make_kafka(KafkaOptions options) {
  return std::make_unique<Kafka>(std::move(options));
}

}  // namespace waybill::messaging
