// The interfaces to both brokers; rabbit/, kafka/ and memory/ implement them and pass one contract
// suite. Objects reconnect by themselves with jittered backoff; while a broker is away, calls fail
// or wait as said.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "libs/messaging/message.hpp"

namespace waybill::messaging {

// The RabbitMQ side.

struct OutgoingMessage {
  Destination to;
  Message message;
  bool mandatory = true;  // unroutable is reported, not swallowed
  bool persistent = true;
};

// Publishes with confirms over one connection that it owns together with its thread. Thread-safe.
class Publisher {
 public:
  virtual ~Publisher() = default;
  // Exactly one call of `done` per message, on the publisher's thread: keep it short. While the
  // broker is away messages wait (at most a bounded number, then `failed` at once, on the caller's
  // thread) up to their time limit, then `failed`. `failed` means unknown: the broker may have the
  // message. A message that AMQP can't carry (a property over 255 bytes, headers over a frame)
  // fails as well and is logged. The destructor gives what is under way one second.
  using Done = std::function<void(Publish)>;
  virtual void publish(OutgoingMessage message, Done done,
                       std::chrono::milliseconds limit = std::chrono::seconds{5}) = 0;
  // Publishes all and waits for all answers; result[i] belongs to messages[i]. Blocking.
  virtual std::vector<Publish> publish_all(std::vector<OutgoingMessage> messages,
                                           std::chrono::milliseconds limit = std::chrono::seconds{
                                               5});
  virtual bool is_connected() const = 0;
};

// Consumes one queue with a prefetch over a connection of its own. take() may be called by several
// worker threads.
class Consumer {
 public:
  virtual ~Consumer() = default;
  // What is waiting, at most `most`; blocks up to `wait` for the first one. Empty: nothing came.
  virtual std::vector<Delivery> take(std::size_t most, std::chrono::milliseconds wait) = 0;
  // Acknowledges deliveries; a tag of an earlier connection is ignored (the broker delivers that
  // message again).
  virtual void ack(std::span<const std::uint64_t> tags) = 0;
  // Gives them back to the queue.
  virtual void requeue(std::span<const std::uint64_t> tags) = 0;
  // Stops taking new messages from the broker (a database is down, a drain); what was taken stays
  // unacknowledged, and what had arrived before can still be taken. Blocks until the broker has
  // agreed, at most two seconds.
  virtual void pause() = 0;
  virtual void resume() = 0;
  virtual bool is_connected() const = 0;
  // Of a reply queue that was asked for without a name: the one it was given.
  virtual std::string queue() const = 0;
};

// A command queue, an exclusive reply queue, or (neither of both) a plain durable quorum queue such
// as <name>.dead.
struct QueueOptions {
  std::string name;  // empty for an exclusive queue: it gets one, and keeps it over reconnects
  bool command_queue = true;  // durable quorum queue bound to waybill.commands by its name, with
                              // <name>.retry.<n> and <name>.dead
  // Of a plain queue: whatever consumes it, one at a time gets its messages, in their order; when
  // that one goes, another gets them, those that were not acknowledged first.
  bool single_active = false;
  bool exclusive = false;  // a reply queue: classic, gone with its connection, no acknowledging
  std::uint16_t prefetch = 200;
  std::vector<std::chrono::milliseconds> retries{std::chrono::seconds{1}, std::chrono::seconds{10},
                                                 std::chrono::minutes{1}, std::chrono::minutes{10}};
};

// For systems outside: bound to waybill.notices by its key, durable. When it is full, the oldest
// notice goes.
struct NoticeQueue {
  std::string name;
  std::string key;
  std::int64_t most = 1'000;
};

// The functions that declare, remove() and ready() block and throw std::runtime_error when the
// broker is away.
class RabbitBroker {
 public:
  virtual ~RabbitBroker() = default;
  // `name` labels its metrics and its connection.
  virtual std::unique_ptr<Publisher> make_publisher(const std::string& name) = 0;
  // Throws std::invalid_argument for a name that no queue can have.
  virtual std::unique_ptr<Consumer> make_consumer(const QueueOptions& queue) = 0;
  // Declares a queue with all that belongs to it, without consuming (idempotent).
  virtual void declare(const QueueOptions& queue) = 0;
  // The same for a queue of notices.
  virtual void declare_notices(const NoticeQueue& queue) = 0;
  // Deletes the queue, and of a command queue its ladder too, with all that lies in them
  // (idempotent).
  virtual void remove(const QueueOptions& queue) = 0;
  // Messages that are ready in the queue; none: there is no such queue.
  virtual std::optional<std::size_t> ready(const std::string& queue) = 0;
};

struct RabbitOptions {
  std::string url;  // amqp://user:password@host:port/vhost
  std::chrono::seconds heartbeat{10};
  std::size_t window = 200;      // unconfirmed messages per publisher
  std::size_t waiting = 10'000;  // queued in a publisher while the broker is slow or away
};
std::unique_ptr<RabbitBroker> make_rabbit(RabbitOptions options);

// The Kafka side.

// Idempotent producer (acks=all). Thread-safe.
class EventProducer {
 public:
  virtual ~EventProducer() = default;
  // Produces in order and waits until every event is acknowledged or has failed; result[i]: event i
  // is stored. Blocking, up to `limit`. After a fatal producer error the producer is made anew and
  // the rest counts as not stored.
  virtual std::vector<bool> produce(std::span<const Event> events,
                                    std::chrono::milliseconds limit = std::chrono::seconds{10}) = 0;
  // Drops what is in flight without waiting (the relay has lost its lock).
  virtual void purge() = 0;
};

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = -1;  // next to read; -1 beginning, -2 end
};

class EventConsumer {
 public:
  virtual ~EventConsumer() = default;
  // At most `most` events, waiting up to `wait` for the first. What GroupOptions::positions throws
  // leaves here, and it is asked again by the next call.
  virtual std::vector<Event> poll(std::size_t most, std::chrono::milliseconds wait) = 0;
  // For partitions that are assigned; throws std::runtime_error for others.
  virtual void seek(const TopicPartition& position) = 0;
};

// A member of a consumer group whose positions live with the caller: on assignment `positions` is
// asked where to start (it reads projection_offset); nothing is committed to Kafka but for display
// of lag. Both functions are called inside poll() or the destructor, on that thread.
struct GroupOptions {
  std::string group;
  std::vector<std::string> topics;
  std::function<std::vector<TopicPartition>(const std::vector<TopicPartition>&)> positions;
  std::function<void(const std::vector<TopicPartition>&)> revoked = {};
  // How long the broker may hold back few events so that more come with them; 0 = not at all.
  std::chrono::milliseconds patience{0};
};

struct PartitionInfo {
  std::int32_t partition = 0;
  std::int64_t first = 0;  // oldest offset that is kept
  std::int64_t end = 0;    // offset of the next event
};

class KafkaBroker {
 public:
  virtual ~KafkaBroker() = default;
  virtual std::unique_ptr<EventProducer> make_producer(const std::string& name) = 0;
  virtual std::unique_ptr<EventConsumer> join_group(GroupOptions options) = 0;
  // Reads given partitions without a group (tail, replay, SSE). An end (-2) is where the topic ends
  // at this call: with one of these it blocks, and throws std::runtime_error without a broker.
  virtual std::unique_ptr<EventConsumer> read(std::vector<TopicPartition> from) = 0;
  // Throws std::runtime_error when the broker is away or has no such topic.
  virtual std::vector<PartitionInfo> partitions(const std::string& topic) = 0;
  // First offset at or after the time, per partition; the end where there is none.
  virtual std::vector<TopicPartition> offsets_at(const std::string& topic, Instant at) = 0;
  virtual void create_topic(const std::string& topic, int partitions,
                            const Headers& config) = 0;     // idempotent
  virtual void delete_topic(const std::string& topic) = 0;  // idempotent
  virtual bool is_connected() const = 0;
};

struct KafkaOptions {
  std::string brokers;  // "127.0.0.1:9092"
  std::chrono::milliseconds linger{2};
};
std::unique_ptr<KafkaBroker> make_kafka(KafkaOptions options);

}  // namespace waybill::messaging
