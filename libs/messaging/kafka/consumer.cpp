#include "libs/messaging/kafka/consumer.hpp"

#include <exception>
#include <thread>

#include <librdkafka/rdkafka.h>

#include "libs/log/log.hpp"
#include "libs/messaging/kafka/handle.hpp"
#include "libs/messaging/kafka/seen_ends.hpp"
#include "libs/metrics/metrics.hpp"

namespace waybill::messaging::kafka {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Librdkafka insists on a group for assign(); nothing joins or commits to this one.
constexpr const char* kReaderGroup = "waybill-reader";
constexpr milliseconds kSeekLimit{5000};
constexpr std::chrono::seconds kLagEvery{1};

struct DestroyMessage {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using ReadMessage = std::unique_ptr<rd_kafka_message_t, DestroyMessage>;

Headers headers_of(const rd_kafka_message_t& message) {
  Headers headers;
  rd_kafka_headers_t* list = nullptr;
  if (rd_kafka_message_headers(&message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return headers;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(list, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    headers.insert_or_assign(name, std::string{static_cast<const char*>(value), size});
  }
  return headers;
}

Event to_event(const rd_kafka_message_t& message) {
  Event event;
  event.topic = rd_kafka_topic_name(message.rkt);
  if (message.key != nullptr)
    event.key.assign(static_cast<const char*>(message.key), message.key_len);
  if (message.payload != nullptr) {
    event.value.assign(static_cast<const char*>(message.payload), message.len);
  }
  event.headers = headers_of(message);
  event.partition = message.partition;
  event.offset = message.offset;
  event.timestamp_ms = rd_kafka_message_timestamp(&message, nullptr);
  return event;
}

void throw_on(rd_kafka_resp_err_t error, const char* what) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  throw std::runtime_error{fmt::format("{}: {}", what, rd_kafka_err2str(error))};
}

// One thread at a time calls; the rebalance callback runs inside poll() and the destructor.
class KafkaConsumer : public EventConsumer {
 public:
  std::vector<Event> poll(std::size_t most, milliseconds wait) override {
    before_poll();
    batch_.clear();
    const auto deadline = Clock::now() + wait;
    while (batch_.size() < most) {
      const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
      const bool may_wait = batch_.empty() && left.count() > 0;
      const ReadMessage message{
          rd_kafka_consumer_poll(handle_.get(), may_wait ? static_cast<int>(left.count()) : 0)};
      after_callbacks();
      if (message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        batch_.push_back(to_event(*message));
      } else if (message) {
        warn(*message);
      } else if (!may_wait) {
        break;
      }
    }
    handed_out();
    return std::exchange(batch_, {});
  }

  // A partition that was just assigned refuses until its fetching has begun.
  void seek(const TopicPartition& position) override {
    if (!is_assigned(position)) throw std::runtime_error{"seek: the partition is not assigned"};
    const auto deadline = Clock::now() + kSeekLimit;
    for (;;) {
      const auto error = try_seek(position);
      if (error != RD_KAFKA_RESP_ERR__STATE || Clock::now() > deadline) {
        throw_on(error, "seek");
        return;
      }
      std::this_thread::sleep_for(milliseconds{10});
    }
  }

 protected:
  explicit KafkaConsumer(std::string label)
      : consumed_{metrics::counter("kafka_consumed_total", "Events read from Kafka.",
                                   {{"group", std::move(label)}})} {}

  virtual void before_poll() {}
  virtual void after_callbacks() {}
  virtual void handed_out() { consumed_.add(static_cast<double>(batch_.size())); }

  Handle handle_;
  std::vector<Event> batch_;  // of the poll under way

 private:
  bool is_assigned(const TopicPartition& position) const {
    rd_kafka_topic_partition_list_t* assigned = nullptr;
    throw_on(rd_kafka_assignment(handle_.get(), &assigned), "assignment");
    const PartitionList list{assigned};
    return rd_kafka_topic_partition_list_find(list.get(), position.topic.c_str(),
                                              position.partition) != nullptr;
  }

  rd_kafka_resp_err_t try_seek(const TopicPartition& position) {
    const auto list = to_list({position});
    constexpr int limit_ms = 1000;
    if (auto* error = rd_kafka_seek_partitions(handle_.get(), list.get(), limit_ms)) {
      const auto code = rd_kafka_error_code(error);
      rd_kafka_error_destroy(error);
      return code;
    }
    return list->elems[0].err;
  }

  void warn(const rd_kafka_message_t& message) {
    log::warn("kafka.consume.failed", {{"client", rd_kafka_name(handle_.get())},
                                       {"reason", rd_kafka_message_errstr(&message)}});
  }

  metrics::Counter& consumed_;
};

class Reader final : public KafkaConsumer {
 public:
  Reader(const KafkaOptions& options, std::vector<TopicPartition> from) : KafkaConsumer{"none"} {
    auto conf = make_conf(options, kReaderGroup);
    set(conf, "group.id", kReaderGroup);
    set(conf, "enable.auto.commit", "false");
    set(conf, "auto.offset.reset", "earliest");
    handle_ = make_consumer_handle(std::move(conf));
    learn_leaders(handle_, from);
    pin_ends(from);
    throw_on(rd_kafka_assign(handle_.get(), to_list(from).get()), "assign");
  }

  ~Reader() override { rd_kafka_consumer_close(handle_.get()); }

 private:
  // "The end" is where the topic ends now, not when the first fetch gets there.
  void pin_ends(std::vector<TopicPartition>& positions) const {
    constexpr int limit_ms = 5000;
    for (auto& position : positions) {
      if (position.offset != -2) continue;
      std::int64_t first = 0;
      throw_on(
          rd_kafka_query_watermark_offsets(handle_.get(), position.topic.c_str(),
                                           position.partition, &first, &position.offset, limit_ms),
          "the end of a partition");
    }
  }
};

class GroupMember final : public KafkaConsumer {
 public:
  GroupMember(const KafkaOptions& options, GroupOptions group)
      : KafkaConsumer{group.group}, group_{std::move(group)} {
    auto conf = make_conf(options, group_.group);
    set(conf, "group.id", group_.group);
    // With cooperative-sticky, librdkafka 2.0 leaves without a word and the group stands still for
    // a session.
    set(conf, "partition.assignment.strategy", "roundrobin");
    set(conf, "session.timeout.ms", "10000");
    set(conf, "heartbeat.interval.ms", "1000");
    // What the caller has dealt with is committed for those who look at lag; nobody reads it to
    // start from.
    set(conf, "enable.auto.commit", "true");
    set(conf, "auto.commit.interval.ms", "1000");
    set(conf, "enable.auto.offset.store", "false");
    // A position that retention has overtaken goes on with the oldest event that is left.
    set(conf, "auto.offset.reset", "earliest");
    // The default keeps 100,000 messages of each partition.
    set(conf, "queued.min.messages", "5000");
    set(conf, "queued.max.messages.kbytes", "16384");
    if (group_.patience.count() > 0) {
      set(conf, "fetch.min.bytes", "100000");
      set(conf, "fetch.wait.max.ms", std::to_string(group_.patience.count()));
    }
    rd_kafka_conf_set_opaque(conf.get(), this);
    rd_kafka_conf_set_rebalance_cb(conf.get(), on_rebalance);
    handle_ = make_consumer_handle(std::move(conf));
    subscribe();
  }

  // Leaves the group at once: the callback gives the partitions back.
  ~GroupMember() override {
    // An assignment without its answer would hold up the goodbye.
    if (unplaced_) rd_kafka_assign(handle_.get(), nullptr);
    rd_kafka_consumer_close(handle_.get());
  }

 private:
  using Key = std::pair<std::string, std::int32_t>;

  void subscribe() {
    std::vector<TopicPartition> topics;
    for (const auto& topic : group_.topics) topics.push_back({topic, RD_KAFKA_PARTITION_UA, -1});
    throw_on(rd_kafka_subscribe(handle_.get(), to_list(topics).get()), "subscribe");
  }

  static void on_rebalance(rd_kafka_t* handle, rd_kafka_resp_err_t error,
                           rd_kafka_topic_partition_list_t* partitions, void* self) {
    auto& member = *static_cast<GroupMember*>(self);
    if (error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
      member.unplaced_ = from_list(*partitions);
      rd_kafka_yield(handle);  // ends the waiting for messages, of which there are none before
    } else {
      member.give_back(from_list(*partitions));
    }
  }

  // The caller's functions must not throw through librdkafka, so assigning is finished outside the
  // callback; librdkafka waits for it.
  void before_poll() override {
    store_handed_out();
    after_callbacks();
    if (Clock::now() >= next_lag_) show_lag();
  }

  void after_callbacks() override {
    if (!unplaced_) return;
    auto positions = *unplaced_;
    if (group_.positions) merge(positions, group_.positions(*unplaced_));
    learn_leaders(handle_, positions);
    throw_on(rd_kafka_assign(handle_.get(), to_list(positions).get()), "assign");
    next_.clear();
    for (const auto& position : positions)
      next_[{position.topic, position.partition}] = position.offset;
    unplaced_.reset();
    log::info("kafka.assigned", {{"group", group_.group}, {"partitions", positions.size()}});
  }

  static void merge(std::vector<TopicPartition>& assigned,
                    const std::vector<TopicPartition>& known) {
    for (auto& partition : assigned) {
      for (const auto& position : known) {
        if (position.topic == partition.topic && position.partition == partition.partition) {
          partition.offset = position.offset;
        }
      }
    }
  }

  void give_back(const std::vector<TopicPartition>& partitions) {
    unplaced_.reset();
    for (const auto& partition : partitions) {
      lag(partition.topic, partition.partition).set(0);
      behind(partition.topic, partition.partition).set(0);
    }
    ends_.clear();
    // Events of this poll that nobody has seen yet: whoever gets the partition reads them again.
    batch_.clear();
    next_.clear();
    unstored_.clear();
    try {
      if (group_.revoked) group_.revoked(partitions);
    } catch (const std::exception& error) {
      log::error("kafka.revoked.failed", {{"group", group_.group}, {"reason", error.what()}});
    }
    rd_kafka_assign(handle_.get(), nullptr);
  }

  void handed_out() override {
    KafkaConsumer::handed_out();
    for (const auto& event : batch_) {
      const auto next = event.offset + 1;
      next_[{event.topic, event.partition}] = next;
      unstored_[{event.topic, event.partition}] = next;
    }
  }

  // The caller asks for more: it has dealt with what it got.
  void store_handed_out() {
    if (unstored_.empty()) return;
    std::vector<TopicPartition> positions;
    for (const auto& [key, next] : unstored_) positions.push_back({key.first, key.second, next});
    unstored_.clear();
    rd_kafka_offsets_store(handle_.get(), to_list(positions).get());
  }

  metrics::Gauge& lag(const std::string& topic, std::int32_t partition) const {
    return metrics::gauge(
        "kafka_consumer_lag", "Events that a group has not been given yet, by its own positions.",
        {{"topic", topic}, {"partition", std::to_string(partition)}, {"group", group_.group}});
  }

  metrics::Gauge& behind(const std::string& topic, std::int32_t partition) const {
    return metrics::gauge(
        "kafka_consumer_lag_seconds",
        "How long ago the partition's end was where the group is now, by what it has seen itself.",
        {{"topic", topic}, {"partition", std::to_string(partition)}, {"group", group_.group}});
  }

  // From what the last fetches said of the partitions' ends: no request of its own.
  void show_lag() {
    next_lag_ = Clock::now() + kLagEvery;
    for (const auto& [key, next] : next_) {
      std::int64_t first = -1;
      std::int64_t end = -1;
      rd_kafka_get_watermark_offsets(handle_.get(), key.first.c_str(), key.second, &first, &end);
      if (end < 0 || next == -2) continue;
      const auto from = std::max(next, first);
      lag(key.first, key.second).set(static_cast<double>(std::max<std::int64_t>(end - from, 0)));
      behind(key.first, key.second).set(ends_[key].behind(Clock::now(), end, from).count());
    }
  }

  const GroupOptions group_;
  std::optional<std::vector<TopicPartition>>
      unplaced_;                      // assigned, but where to start is not known yet
  std::map<Key, std::int64_t> next_;  // to be handed out, per assigned partition
  std::map<Key, SeenEnds> ends_;
  std::map<Key, std::int64_t> unstored_;
  Clock::time_point next_lag_;
};

}  // namespace

std::unique_ptr<EventConsumer> join_group(const KafkaOptions& options, GroupOptions group) {
  return std::make_unique<GroupMember>(options, std::move(group));
}

std::unique_ptr<EventConsumer> read(const KafkaOptions& options, std::vector<TopicPartition> from) {
  return std::make_unique<Reader>(options, std::move(from));
}

}  // namespace waybill::messaging::kafka
