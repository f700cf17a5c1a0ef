#include "libs/messaging/kafka/producer.hpp"

#include <librdkafka/rdkafka.h>

#include "libs/log/log.hpp"
#include "libs/messaging/kafka/handle.hpp"
#include "libs/metrics/outgoing.hpp"

namespace waybill::messaging::kafka {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Java's producers put a key on the same partition.
constexpr const char* kPartitioner = "murmur2_random";
constexpr milliseconds kPurgeLimit{5000};
// A flush does not notice that what it waits for was purged.
constexpr milliseconds kFlushSlice{50};

// One event of the batch under way; the delivery report finds it through its address.
struct Slot {
  std::size_t* pending = nullptr;
  bool stored = false;
};

void on_report(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  auto* slot = static_cast<Slot*>(message->_private);
  slot->stored = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
  --*slot->pending;
}

rd_kafka_headers_t* to_headers(const Headers& headers) {
  auto* list = rd_kafka_headers_new(headers.size());
  for (const auto& [name, value] : headers) {
    rd_kafka_header_add(list, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  return list;
}

rd_kafka_resp_err_t enqueue(rd_kafka_t* handle, const Event& event, Slot& slot) {
  auto* headers = to_headers(event.headers);
  // An event without a key has none, rather than an empty one: it may go to any partition.
  const void* key = event.key.empty() ? nullptr : event.key.data();
  const auto error = rd_kafka_producev(
      handle, RD_KAFKA_V_TOPIC(event.topic.c_str()), RD_KAFKA_V_KEY(key, event.key.size()),
      RD_KAFKA_V_VALUE(const_cast<char*>(event.value.data()), event.value.size()),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_HEADERS(headers),
      RD_KAFKA_V_OPAQUE(&slot), RD_KAFKA_V_END);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(headers);
  return error;
}

class KafkaProducer final : public EventProducer {
 public:
  KafkaProducer(KafkaOptions options, const std::string& name)
      : options_{std::move(options)},
        name_{name},
        stored_{produced("stored")},
        failed_{produced("failed")},
        renewed_{metrics::counter("kafka_producers_renewed_total",
                                  "Producers made anew after a failure.", {{"producer", name}})} {
    handle_ = make_handle();
  }

  std::vector<bool> produce(std::span<const Event> events, milliseconds limit) override {
    static const metrics::OutgoingKind batches{"kafka", "produce"};
    std::lock_guard one_batch{batch_mutex_};
    metrics::Outgoing call{batches};
    const auto deadline = Clock::now() + limit;
    const auto handle = begin();
    std::size_t pending = 0;
    std::vector<Slot> slots(events.size());
    for (std::size_t i = 0; i < events.size() && !is_purged(); ++i) {
      slots[i].pending = &pending;
      if (hand_over(handle.get(), events[i], slots[i], deadline)) ++pending;
    }
    const bool answered = wait(handle.get(), pending, deadline);
    const auto results = results_of(slots);
    if (std::all_of(results.begin(), results.end(), [](bool stored) { return stored; })) {
      call.succeeded();
    }
    // What is unknown may still be on its way: a new producer's numbers keep it apart from what is
    // sent again.
    if (!answered || is_fatal(handle.get()) || is_purged()) renew();
    end();
    return results;
  }

  void purge() override {
    std::shared_ptr<rd_kafka_t> handle;
    {
      std::lock_guard lock{handle_mutex_};
      if (!producing_) return;
      handle = handle_;
      purged_ = true;
    }
    drop(handle.get());
  }

 private:
  metrics::Counter& produced(const std::string& outcome) const {
    return metrics::counter("kafka_produced_total", "Events handed to Kafka, by outcome.",
                            {{"producer", name_}, {"outcome", outcome}});
  }

  std::shared_ptr<rd_kafka_t> make_handle() const {
    auto conf = make_conf(options_, name_);
    set(conf, "enable.idempotence", "true");  // brings acks=all and order under retries
    set(conf, "partitioner", kPartitioner);
    set(conf, "linger.ms", std::to_string(options_.linger.count()));
    set(conf, "message.max.bytes", "1048576");
    rd_kafka_conf_set_dr_msg_cb(conf.get(), on_report);
    return make_producer_handle(std::move(conf));
  }

  std::shared_ptr<rd_kafka_t> begin() {
    std::lock_guard lock{handle_mutex_};
    producing_ = true;
    purged_ = false;
    return handle_;
  }

  void end() {
    std::lock_guard lock{handle_mutex_};
    producing_ = false;
  }

  bool is_purged() {
    std::lock_guard lock{handle_mutex_};
    return purged_;
  }

  // False: refused for good. A full queue is waited out.
  bool hand_over(rd_kafka_t* handle, const Event& event, Slot& slot, Clock::time_point deadline) {
    for (;;) {
      const auto error = enqueue(handle, event, slot);
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return true;
      if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL || Clock::now() >= deadline) {
        log::error("kafka.refused", {{"producer", name_},
                                     {"topic", event.topic},
                                     {"key", event.key},
                                     {"reason", rd_kafka_err2str(error)}});
        return false;
      }
      rd_kafka_poll(handle, 10);
    }
  }

  // True: every event has its report. Otherwise what is left was dropped.
  bool wait(rd_kafka_t* handle, const std::size_t& pending, Clock::time_point deadline) {
    while (pending > 0 && Clock::now() < deadline) serve_reports(handle, deadline);
    if (pending == 0) return true;
    drop(handle);
    const auto drop_deadline = Clock::now() + kPurgeLimit;
    while (pending > 0 && Clock::now() < drop_deadline) serve_reports(handle, drop_deadline);
    return false;
  }

  // flush() sends at once what would linger.
  static void serve_reports(rd_kafka_t* handle, Clock::time_point deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    rd_kafka_flush(handle,
                   static_cast<int>(std::clamp(left, milliseconds{0}, kFlushSlice).count()));
  }

  static void drop(rd_kafka_t* handle) {
    rd_kafka_purge(
        handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
  }

  static bool is_fatal(rd_kafka_t* handle) {
    std::array<char, 256> reason{};
    const auto error = rd_kafka_fatal_error(handle, reason.data(), reason.size());
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return false;
    log::error("kafka.fatal", {{"client", rd_kafka_name(handle)}, {"reason", reason.data()}});
    return true;
  }

  std::vector<bool> results_of(const std::vector<Slot>& slots) {
    std::vector<bool> results(slots.size());
    for (std::size_t i = 0; i < slots.size(); ++i) results[i] = slots[i].stored;
    const auto stored = std::ranges::count(results, true);
    stored_.add(static_cast<double>(stored));
    failed_.add(static_cast<double>(results.size()) - static_cast<double>(stored));
    return results;
  }

  // Destroying the old handle ends its threads: no report can reach a slot any more.
  void renew() {
    auto fresh = make_handle();
    {
      std::lock_guard lock{handle_mutex_};
      handle_.swap(fresh);
    }
    renewed_.add();
  }

  const KafkaOptions options_;
  const std::string name_;
  metrics::Counter& stored_;
  metrics::Counter& failed_;
  metrics::Counter& renewed_;

  std::mutex batch_mutex_;
  std::mutex handle_mutex_;
  std::shared_ptr<rd_kafka_t> handle_;  // guarded by handle_mutex_
  bool producing_ = false;              // guarded by handle_mutex_
  bool purged_ = false;                 // guarded by handle_mutex_
};

}  // namespace

std::unique_ptr<EventProducer> make_producer(const KafkaOptions& options, const std::string& name) {
  return std::make_unique<KafkaProducer>(options, name);
}

}  // namespace waybill::messaging::kafka
