#include "libs/messaging/rabbit/properties.hpp"

#include <array>
#include <cstring>

#include <amqp.h>
#include <amqp_framing.h>

#include "libs/messaging/amqp_limits.hpp"

namespace waybill::messaging::rabbit {
namespace {

constexpr std::string_view kDeliveryCount = "x-delivery-count";

amqp_bytes_t bytes(std::string_view text) {
  return {text.size(), const_cast<char*>(text.data())};
}

std::string text(amqp_bytes_t from) {
  return from.len == 0 ? std::string{}
                       : std::string{static_cast<const char*>(from.bytes), from.len};
}

std::size_t upper_bound_of_size(const Message& message, const std::string& app_id) {
  std::size_t size = 128 + message.type.size() + message.message_id.size() +
                     message.correlation_id.size() + message.reply_to.size() +
                     message.content_type.size() + app_id.size();
  for (const auto& [name, value] : message.headers) size += name.size() + value.size() + 8;
  return size;
}

void set(amqp_basic_properties_t& properties, amqp_flags_t flag, amqp_bytes_t& field,
         const std::string& value) {
  if (value.empty()) return;
  properties._flags |= flag;
  field = bytes(value);
}

amqp_basic_properties_t to_properties(const OutgoingMessage& outgoing, const std::string& app_id,
                                      std::vector<amqp_table_entry_t>& headers) {
  const auto& message = outgoing.message;
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
  properties.delivery_mode = outgoing.persistent ? 2 : 1;
  set(properties, AMQP_BASIC_TYPE_FLAG, properties.type, message.type);
  set(properties, AMQP_BASIC_MESSAGE_ID_FLAG, properties.message_id, message.message_id);
  set(properties, AMQP_BASIC_CORRELATION_ID_FLAG, properties.correlation_id,
      message.correlation_id);
  set(properties, AMQP_BASIC_REPLY_TO_FLAG, properties.reply_to, message.reply_to);
  set(properties, AMQP_BASIC_CONTENT_TYPE_FLAG, properties.content_type, message.content_type);
  set(properties, AMQP_BASIC_APP_ID_FLAG, properties.app_id, app_id);
  if (message.sent_at) {
    properties._flags |= AMQP_BASIC_TIMESTAMP_FLAG;
    const auto whole = std::chrono::floor<std::chrono::seconds>(*message.sent_at);
    properties.timestamp = static_cast<std::uint64_t>(whole.time_since_epoch().count());
  }
  if (!message.headers.empty()) {
    headers.reserve(message.headers.size());
    for (const auto& [name, value] : message.headers) {
      amqp_table_entry_t entry{};
      entry.key = bytes(name);
      entry.value.kind = AMQP_FIELD_KIND_UTF8;
      entry.value.value.bytes = bytes(value);
      headers.push_back(entry);
    }
    properties._flags |= AMQP_BASIC_HEADERS_FLAG;
    properties.headers = {static_cast<int>(headers.size()), headers.data()};
  }
  return properties;
}

void put_big_endian(char* at, std::uint64_t value, int size) {
  for (int i = size - 1; i >= 0; --i, value >>= 8) at[i] = static_cast<char>(value & 0xff);
}

std::optional<std::int64_t> to_integer(const amqp_field_value_t& value) {
  switch (value.kind) {
    case AMQP_FIELD_KIND_I8:
      return value.value.i8;
    case AMQP_FIELD_KIND_U8:
      return value.value.u8;
    case AMQP_FIELD_KIND_I16:
      return value.value.i16;
    case AMQP_FIELD_KIND_U16:
      return value.value.u16;
    case AMQP_FIELD_KIND_I32:
      return value.value.i32;
    case AMQP_FIELD_KIND_U32:
      return value.value.u32;
    case AMQP_FIELD_KIND_I64:
      return value.value.i64;
    default:
      return std::nullopt;
  }
}

std::optional<std::string> to_text(const amqp_field_value_t& value) {
  if (const auto integer = to_integer(value)) return std::to_string(*integer);
  switch (value.kind) {
    case AMQP_FIELD_KIND_UTF8:
    case AMQP_FIELD_KIND_BYTES:
      return text(value.value.bytes);
    case AMQP_FIELD_KIND_BOOLEAN:
      return value.value.boolean != 0 ? "true" : "false";
    case AMQP_FIELD_KIND_U64:
    case AMQP_FIELD_KIND_TIMESTAMP:
      return std::to_string(value.value.u64);
    case AMQP_FIELD_KIND_F32:
      return fmt::format("{}", value.value.f32);
    case AMQP_FIELD_KIND_F64:
      return fmt::format("{}", value.value.f64);
    default:
      return std::nullopt;
  }
}

void decode_headers(const amqp_table_t& table, Delivery& delivery) {
  for (int i = 0; i < table.num_entries; ++i) {
    const auto& entry = table.entries[i];
    auto name = text(entry.key);
    if (name == kDeliveryCount) {
      delivery.delivery_count = to_integer(entry.value).value_or(0);
    } else if (auto value = to_text(entry.value)) {
      delivery.message.headers.insert_or_assign(std::move(name), std::move(*value));
    }
  }
}

}  // namespace

bool encode_header(const OutgoingMessage& outgoing, const std::string& app_id, std::size_t most,
                   std::string& buffer) {
  const auto room = upper_bound_of_size(outgoing.message, app_id);
  if (!fits_amqp(outgoing) || room > most) return false;

  std::vector<amqp_table_entry_t> headers;
  auto properties = to_properties(outgoing, app_id, headers);
  // AMQP 0-9-1 section 4.2.6.1: class, weight (always 0), size of the body, flags and properties.
  constexpr std::size_t prefix = 12;
  buffer.resize(prefix + room);
  put_big_endian(buffer.data(), AMQP_BASIC_CLASS, 2);
  put_big_endian(buffer.data() + 2, 0, 2);
  put_big_endian(buffer.data() + 4, outgoing.message.body.size(), 8);
  const int size =
      amqp_encode_properties(AMQP_BASIC_CLASS, &properties, {room, buffer.data() + prefix});
  if (size < 0) return false;
  buffer.resize(prefix + static_cast<std::size_t>(size));
  return true;
}

void decode_properties(const amqp_basic_properties_t& properties, Delivery& delivery) {
  const auto has = [&](amqp_flags_t flag) { return (properties._flags & flag) != 0; };
  auto& message = delivery.message;
  if (has(AMQP_BASIC_TYPE_FLAG)) message.type = text(properties.type);
  if (has(AMQP_BASIC_MESSAGE_ID_FLAG)) message.message_id = text(properties.message_id);
  if (has(AMQP_BASIC_CORRELATION_ID_FLAG)) message.correlation_id = text(properties.correlation_id);
  if (has(AMQP_BASIC_REPLY_TO_FLAG)) message.reply_to = text(properties.reply_to);
  message.content_type.clear();
  if (has(AMQP_BASIC_CONTENT_TYPE_FLAG)) message.content_type = text(properties.content_type);
  // Strangers may send any 64 bits; an Instant holds microseconds.
  constexpr std::uint64_t year_10000 = 253'402'300'800;
  if (has(AMQP_BASIC_TIMESTAMP_FLAG) && properties.timestamp < year_10000) {
    message.sent_at =
        Instant{std::chrono::seconds{static_cast<std::int64_t>(properties.timestamp)}};
  }
  if (has(AMQP_BASIC_HEADERS_FLAG)) decode_headers(properties.headers, delivery);
}

}  // namespace waybill::messaging::rabbit
