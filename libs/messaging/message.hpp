// A message as both brokers know it, and what becomes of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/core/clock.hpp"
#include "libs/core/id.hpp"

namespace waybill::messaging {

using Headers = std::map<std::string, std::string, std::less<>>;

inline constexpr std::string_view kProtobuf = "application/protobuf";
inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kCommandExchange = "waybill.commands";
inline constexpr std::string_view kNoticeExchange = "waybill.notices";  // a topic exchange

// What an answer shall carry back as it came; see outbox::ReplyTo.
inline constexpr std::string_view kReplyContextHeader = "reply_context";

// A command, an outcome or a notice on RabbitMQ.
struct Message {
  std::string type;        // full protobuf name: waybill.order.v1.PlaceOrder
  std::string message_id;  // command id
  std::string correlation_id;
  std::string reply_to;  // queue that wants the outcome; empty for none
  std::string content_type{kProtobuf};
  Headers headers;  // traceparent, caller, causation_id, fingerprint, instance, attempt, …
  std::optional<Instant> sent_at;  // AMQP timestamp, whole seconds
  std::string body;
};

struct Destination {
  std::string exchange;  // empty: the default exchange, where the key is the queue
  std::string routing_key;
};

struct Delivery {
  Message message;
  std::uint64_t tag = 0;  // acknowledge with this
  bool redelivered = false;
  std::int64_t delivery_count = 0;  // x-delivery-count of a quorum queue, 0 on first delivery
};

// An event of a Kafka topic. Headers carry CloudEvents 1.0 in binary mode (ce_id, ce_type, …) and
// traceparent.
struct Event {
  std::string topic;
  std::string key;
  std::string value;
  Headers headers;
  // filled by the consumer
  std::int32_t partition = -1;
  std::int64_t offset = -1;
  std::int64_t timestamp_ms = 0;
};

// What the broker said of a published message.
enum class Publish { confirmed, nacked, unroutable, failed };

}  // namespace waybill::messaging
