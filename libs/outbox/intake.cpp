#include "libs/outbox/intake.hpp"

#include <charconv>

#include "libs/log/log.hpp"
#include "libs/messaging/retry_ladder.hpp"

namespace waybill::outbox {
namespace {

// Names that other systems give their messages become ids in this name space (RFC 9562, section
// 5.5); the value is arbitrary and must never change.
constexpr std::string_view kMessageIds = "6f9c8d0e-5b1a-4c3f-9a76-0d2f4be81c57";

constexpr std::size_t kLongestContext = 1024;

std::string_view header(const messaging::Message& message, std::string_view name) {
  const auto found = message.headers.find(name);
  return found == message.headers.end() ? std::string_view{} : found->second;
}

// Without an id a redelivery can't be told from a new command: at least once is all there is.
Id command_id(const std::string& message_id) {
  if (message_id.empty()) return new_id();
  static const Id name_space = *Id::parse(kMessageIds);
  return Id::parse(message_id).value_or(derive_id(name_space, message_id));
}

// Other systems name no caller: whoever may write to the queue has the rights of staff.
Caller caller_of(const messaging::Message& message) {
  const auto found = message.headers.find("caller");
  return found == message.headers.end() ? Caller{std::nullopt, Role::staff}
                                        : parse_caller(found->second);
}

Instant sent_at(const messaging::Message& message) {
  const std::string_view text = header(message, "sent_at_us");
  std::int64_t micros = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), micros);
  if (error == std::errc{} && end == text.data() + text.size()) return from_unix_micros(micros);
  return message.sent_at.value_or(now());
}

Cause cause_of(const messaging::Message& message) {
  Cause cause;
  cause.command_id = command_id(message.message_id);
  cause.caller = caller_of(message);
  cause.trace.correlation_id =
      message.correlation_id.empty() ? cause.command_id.to_string() : message.correlation_id;
  cause.trace.traceparent = header(message, "traceparent");
  cause.instance = header(message, "instance");
  if (cause.instance.empty()) cause.instance = "/commands/" + message.type;
  cause.sent_at = sent_at(message);
  cause.failures = static_cast<std::int64_t>(messaging::attempts_of(message));
  cause.dead_visits = static_cast<std::int64_t>(messaging::dead_visits_of(message));
  return cause;
}

// What a sender's answers shall carry back. Beyond a page of text it is dropped: it stands in the
// inbox.
std::string reply_context(const messaging::Message& message) {
  const std::string_view context = header(message, messaging::kReplyContextHeader);
  return std::string{context.size() <= kLongestContext ? context : std::string_view{}};
}

// A decoder that throws is our own bug, and no reason to take the worker down.
Result<std::string> decode(const JsonDecoder& decode_json, std::string& type,
                           const std::string& json) {
  try {
    return decode_json(type, json);
  } catch (const std::exception& error) {
    log::error("command.decoder_failed", {{"type", type}, {"reason", error.what()}});
    return Fault{FaultKind::internal, "internal", "The command could not be read.", {}};
  }
}

}  // namespace

Intake read_delivery(messaging::Delivery delivery, const JsonDecoder& decode_json) {
  Intake intake;
  const messaging::Message& message = delivery.message;
  const bool json = message.content_type == messaging::kJson;
  intake.cause = cause_of(message);
  intake.type = message.type;
  intake.fingerprint = header(message, "fingerprint");
  intake.rehearsal = message.headers.contains(messaging::kDryRunHeader);
  if (!message.reply_to.empty()) {
    intake.reply_to =
        ReplyTo{message.reply_to, json, message.correlation_id, reply_context(message)};
  }
  if (json) {
    Result<std::string> body = decode(decode_json, intake.type, message.body);
    if (body) {
      intake.body = std::move(*body);
    } else {
      intake.broken = std::move(body).error();
    }
  } else if (message.content_type == messaging::kProtobuf) {
    intake.body = message.body;
  } else {
    intake.broken = Fault{FaultKind::unsupported,
                          "unsupported-type",
                          "Commands are application/protobuf or application/json.",
                          {}};
  }
  intake.delivery = std::move(delivery);
  return intake;
}

}  // namespace waybill::outbox
