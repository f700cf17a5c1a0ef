#include "libs/outbox/writer.hpp"

#include <boost/json.hpp>
#include <google/protobuf/message.h>

#include "libs/core/clock.hpp"
#include "libs/messaging/message.hpp"
#include "libs/outbox/answers.hpp"

namespace waybill::outbox {
namespace {

namespace json = boost::json;

// The service that owns a message: the second part of "waybill.order.v1.OrderPlaced".
std::string_view service_of(std::string_view type) {
  const std::size_t first = type.find('.') + 1;
  return type.substr(first, type.find('.', first) - first);
}

// CloudEvents 1.0 in Kafka's binary mode, beside W3C trace context.
json::object event_headers(const google::protobuf::Message& event, const Id& id, const Id& key,
                           const Cause& cause) {
  const google::protobuf::Descriptor& type = *event.GetDescriptor();
  json::object headers{{"content-type", messaging::kProtobuf},
                       {"ce_specversion", "1.0"},
                       {"ce_id", id.to_string()},
                       {"ce_type", type.full_name()},
                       {"ce_source", fmt::format("/waybill/{}", service_of(type.full_name()))},
                       {"ce_subject", key.to_string()},
                       {"ce_time", to_rfc3339(now())},
                       {"ce_dataschema", fmt::format("/proto/{}", type.file()->name())},
                       {"ce_correlationid", cause.trace.correlation_id},
                       {"ce_causationid", cause.command_id.to_string()}};
  if (!cause.trace.traceparent.empty()) headers["traceparent"] = cause.trace.traceparent;
  return headers;
}

// What the command sink puts into properties and headers of the AMQP message.
json::object command_headers(const Cause& cause) {
  json::object headers{{"caller", to_header(cause.caller)},
                       {"correlation_id", cause.trace.correlation_id},
                       {"causation_id", cause.command_id.to_string()},
                       {"instance", cause.instance},
                       {"sent_at_us", std::to_string(to_unix_micros(now()))}};
  if (!cause.trace.traceparent.empty()) headers["traceparent"] = cause.trace.traceparent;
  return headers;
}

}  // namespace

void Writer::event(std::string_view topic, const Id& key, std::int64_t version,
                   const google::protobuf::Message& event, const Cause& cause) {
  const Id id = derive_id(key, fmt::format("{}:{}", topic, version));
  json::object headers = event_headers(event, id, key, cause);
  headers["ce_version"] = std::to_string(version);
  rows.push_back({"event", std::string{topic}, key.to_string(), event.GetDescriptor()->full_name(),
                  json::serialize(headers), event.SerializeAsString()});
}

void Writer::notice(std::string_view topic, const Id& key, std::string_view what,
                    const google::protobuf::Message& event, const Cause& cause) {
  const Id id = derive_id(cause.command_id, fmt::format("{}:{}:{}", topic, key.to_string(), what));
  rows.push_back({"event", std::string{topic}, key.to_string(), event.GetDescriptor()->full_name(),
                  json::serialize(event_headers(event, id, key, cause)),
                  event.SerializeAsString()});
}

void Writer::command(std::string_view queue, const Id& command_id,
                     const google::protobuf::Message& command, const Cause& cause) {
  rows.push_back({"command", std::string{queue}, command_id.to_string(),
                  command.GetDescriptor()->full_name(), json::serialize(command_headers(cause)),
                  command.SerializeAsString()});
}

void Writer::notice(std::string_view key, const Id& id, std::string body, const Cause& cause) {
  json::object headers{{"content_type", messaging::kJson},
                       {"correlation_id", cause.trace.correlation_id},
                       {"causation_id", cause.command_id.to_string()}};
  rows.push_back({"command", fmt::format("{}/{}", messaging::kNoticeExchange, key), id.to_string(),
                  std::string{key}, json::serialize(headers), std::move(body)});
}

void Writer::complete(const Id& command_id, Outcome outcome, const Cause& by) {
  // The saga carries the path and correlation id of the request that began it, so `by` knows what
  // the problem document of a refusal has to say.
  if (outcome.fault) {
    outcome.body = render(outcome, command_id, by).body();
    outcome.fault.reset();
  }
  completions.push_back({command_id, std::move(outcome), by.command_id});
}

void Writer::invalidate(std::string key, std::int64_t version) {
  invalidations.push_back({std::move(key), version});
}

}  // namespace waybill::outbox
