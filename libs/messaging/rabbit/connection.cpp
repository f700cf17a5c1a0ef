#include "libs/messaging/rabbit/connection.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <sys/socket.h>

#include "libs/log/log.hpp"
#include "libs/messaging/rabbit/properties.hpp"

namespace waybill::messaging::rabbit {
namespace {

constexpr amqp_channel_t kChannel = 1;
constexpr std::size_t kFrameOverhead =
    8;  // type, channel, size, end mark (AMQP 0-9-1 section 4.2.3)
constexpr int kFramesPerTurn = 2000;
const amqp_bytes_t kConsumerTag = amqp_cstring_bytes("waybill");
constexpr timeval kConnectLimit{3, 0};
constexpr timeval kRequestLimit{5, 0};
constexpr timeval kCloseLimit{1, 0};

amqp_bytes_t bytes(std::string_view text) {
  return {text.size(), const_cast<char*>(text.data())};
}

std::string text(amqp_bytes_t from) {
  return from.len == 0 ? std::string{}
                       : std::string{static_cast<const char*>(from.bytes), from.len};
}

// channel.close and connection.close have the same first members in the same order, but are
// different types.
std::string reason_of(const amqp_method_t& method) {
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto* close = static_cast<amqp_channel_close_t*>(method.decoded);
    return fmt::format("channel closed: {}", text(close->reply_text));
  }
  if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto* close = static_cast<amqp_connection_close_t*>(method.decoded);
    return fmt::format("connection closed: {}", text(close->reply_text));
  }
  return fmt::format("unexpected method {:#x}", method.id);
}

std::string reason_of(const amqp_rpc_reply_t& reply) {
  switch (reply.reply_type) {
    case AMQP_RESPONSE_SERVER_EXCEPTION:
      return reason_of(reply.reply);
    case AMQP_RESPONSE_LIBRARY_EXCEPTION:
      return amqp_error_string2(reply.library_error);
    default:
      return "no answer";
  }
}

amqp_table_entry_t flag_entry(const char* name) {
  amqp_table_entry_t entry{};
  entry.key = amqp_cstring_bytes(name);
  entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
  entry.value.value.boolean = 1;
  return entry;
}

amqp_table_entry_t text_entry(std::string_view name, std::string_view value) {
  amqp_table_entry_t entry{};
  entry.key = bytes(name);
  entry.value.kind = AMQP_FIELD_KIND_UTF8;
  entry.value.value.bytes = bytes(value);
  return entry;
}

amqp_table_entry_t table_entry(std::string_view name, amqp_table_t value) {
  amqp_table_entry_t entry{};
  entry.key = bytes(name);
  entry.value.kind = AMQP_FIELD_KIND_TABLE;
  entry.value.value.table = value;
  return entry;
}

amqp_table_entry_t argument_entry(const std::string& name,
                                  const std::variant<std::string, std::int64_t, bool>& value) {
  if (const auto* words = std::get_if<std::string>(&value)) return text_entry(name, *words);
  amqp_table_entry_t entry{};
  entry.key = bytes(name);
  if (const auto* flag = std::get_if<bool>(&value)) {
    entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
    entry.value.value.boolean = *flag ? 1 : 0;
    return entry;
  }
  entry.value.kind = AMQP_FIELD_KIND_I64;
  entry.value.value.i64 = std::get<std::int64_t>(value);
  return entry;
}

}  // namespace

Address Address::parse(const std::string& url, std::chrono::seconds heartbeat) {
  std::string copy = url;  // amqp_parse_url writes into it
  amqp_connection_info info{};
  amqp_default_connection_info(&info);
  if (amqp_parse_url(copy.data(), &info) != AMQP_STATUS_OK || info.ssl != 0) {
    throw std::invalid_argument{"not an amqp:// address of RabbitMQ"};
  }
  // amqp://host:port/ names the empty vhost; everybody means the default one.
  const std::string vhost = *info.vhost == '\0' ? "/" : info.vhost;
  return {info.host, info.user, info.password, vhost, info.port, heartbeat};
}

Connection::Connection(const Address& address, const std::string& name)
    : state_{amqp_new_connection()}, app_id_{name} {
  if (state_ == nullptr) throw std::bad_alloc{};
  try {
    log_in(address, name);
  } catch (...) {
    amqp_destroy_connection(state_);
    throw;
  }
}

Connection::~Connection() {
  amqp_destroy_connection(state_);
}

void Connection::log_in(const Address& address, const std::string& name) {
  amqp_set_handshake_timeout(state_, &kRequestLimit);
  amqp_set_rpc_timeout(state_, &kRequestLimit);
  auto* tcp = amqp_tcp_socket_new(state_);
  if (tcp == nullptr) throw std::bad_alloc{};
  if (const int status =
          amqp_socket_open_noblock(tcp, address.host.c_str(), address.port, &kConnectLimit);
      status != AMQP_STATUS_OK) {
    throw ConnectionLost{
        fmt::format("{}:{}: {}", address.host, address.port, amqp_error_string2(status))};
  }

  // Without connection.blocked the broker's alarms would show only as a socket that takes nothing.
  std::array capabilities{flag_entry("connection.blocked"), flag_entry("consumer_cancel_notify")};
  std::array properties{
      table_entry("capabilities", {static_cast<int>(capabilities.size()), capabilities.data()}),
      text_entry("connection_name", name), text_entry("product", "Waybill")};
  const amqp_table_t client{static_cast<int>(properties.size()), properties.data()};
  constexpr int frame_max = 131072;
  const auto reply = amqp_login_with_properties(
      state_, address.vhost.c_str(), 0, frame_max, static_cast<int>(address.heartbeat.count()),
      &client, AMQP_SASL_METHOD_PLAIN, address.user.c_str(), address.password.c_str());
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) {
    throw ConnectionLost{fmt::format("login: {}", reason_of(reply))};
  }
  amqp_channel_open(state_, kChannel);
  check_reply("channel.open");

  frame_max_ = static_cast<std::size_t>(amqp_get_frame_max(state_));
  heartbeat_ = std::chrono::seconds{amqp_get_heartbeat(state_)};
  // From here on heartbeats are ours: the library would put them between the bytes of a half sent
  // frame.
  amqp_tune_connection(state_, amqp_get_channel_max(state_), static_cast<int>(frame_max_), 0);
  heard_at_ = progress_at_ = Clock::now();
  next_heartbeat_ = heard_at_ + heartbeat_ / 2;
}

void Connection::check_reply(const std::string& what) {
  const auto reply = amqp_get_rpc_reply(state_);
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) {
    throw ConnectionLost{fmt::format("{}: {}", what, reason_of(reply))};
  }
  heard_at_ = Clock::now();
  amqp_maybe_release_buffers(state_);
}

void Connection::declare_exchange(std::string_view name, std::string_view type) {
  amqp_exchange_declare(state_, kChannel, bytes(name), bytes(type), 0, 1, 0, 0, amqp_empty_table);
  check_reply(fmt::format("exchange.declare {}", name));
}

void Connection::declare_queue(const QueueDeclaration& queue) {
  std::vector<amqp_table_entry_t> entries;
  for (const auto& [name, value] : queue.arguments) entries.push_back(argument_entry(name, value));
  amqp_queue_declare(state_, kChannel, bytes(queue.name), 0, queue.durable ? 1 : 0,
                     queue.exclusive ? 1 : 0, 0,
                     {static_cast<int>(entries.size()), entries.data()});
  check_reply(fmt::format("queue.declare {}", queue.name));
}

void Connection::bind_queue(std::string_view queue, std::string_view exchange,
                            std::string_view key) {
  amqp_queue_bind(state_, kChannel, bytes(queue), bytes(exchange), bytes(key), amqp_empty_table);
  check_reply(fmt::format("queue.bind {}", queue));
}

void Connection::delete_queue(std::string_view queue) {
  amqp_queue_delete(state_, kChannel, bytes(queue), 0, 0);
  check_reply(fmt::format("queue.delete {}", queue));
}

std::optional<std::size_t> Connection::ready(std::string_view queue) {
  const auto* ok = amqp_queue_declare(state_, kChannel, bytes(queue), 1, 0, 0, 0, amqp_empty_table);
  const auto reply = amqp_get_rpc_reply(state_);
  if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION &&
      reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD &&
      static_cast<amqp_channel_close_t*>(reply.reply.decoded)->reply_code == AMQP_NOT_FOUND) {
    return std::nullopt;
  }
  check_reply(fmt::format("queue.declare {}", queue));
  return ok->message_count;
}

void Connection::enable_confirms() {
  amqp_confirm_select(state_, kChannel);
  check_reply("confirm.select");
}

void Connection::limit_prefetch(std::uint16_t count) {
  amqp_basic_qos(state_, kChannel, 0, count, 0);
  check_reply("basic.qos");
}

void Connection::append_frame(char type, std::uint16_t channel, std::string_view payload) {
  const auto size = static_cast<std::uint32_t>(payload.size());
  const std::array<char, 7> head{type,
                                 static_cast<char>(channel >> 8),
                                 static_cast<char>(channel & 0xff),
                                 static_cast<char>(size >> 24),
                                 static_cast<char>((size >> 16) & 0xff),
                                 static_cast<char>((size >> 8) & 0xff),
                                 static_cast<char>(size & 0xff)};
  out_.append(head.data(), head.size());
  out_.append(payload);
  out_.push_back(static_cast<char>(AMQP_FRAME_END));
}

void Connection::append_method(std::uint16_t channel, std::uint32_t id, void* method) {
  // Room for three short strings; none of our methods carries more.
  std::array<char, 4 + 3 * 256 + 32> buffer;
  for (int i = 0; i < 4; ++i) {
    buffer[static_cast<std::size_t>(i)] = static_cast<char>((id >> (24 - 8 * i)) & 0xff);
  }
  const int size = amqp_encode_method(id, method, {buffer.size() - 4, buffer.data() + 4});
  if (size < 0) throw std::logic_error{"an AMQP method outgrew its buffer"};
  append_frame(AMQP_FRAME_METHOD, channel, {buffer.data(), 4 + static_cast<std::size_t>(size)});
}

bool Connection::publish(std::uint64_t sequence, const OutgoingMessage& message) {
  // A returned message is known again by its app_id: nothing else in it need be unique.
  const auto app_id = fmt::format("{}#{}", app_id_, sequence);
  const auto most = frame_max_ - kFrameOverhead;
  if (!encode_header(message, app_id, most, scratch_)) return false;

  amqp_basic_publish_t publish{};
  publish.exchange = bytes(message.to.exchange);
  publish.routing_key = bytes(message.to.routing_key);
  publish.mandatory = message.mandatory ? 1 : 0;
  append_method(kChannel, AMQP_BASIC_PUBLISH_METHOD, &publish);
  append_frame(AMQP_FRAME_HEADER, kChannel, scratch_);
  const std::string_view body = message.message.body;
  for (std::size_t at = 0; at < body.size(); at += most) {
    append_frame(AMQP_FRAME_BODY, kChannel, body.substr(at, most));
  }
  return true;
}

void Connection::consume(std::string_view queue, bool no_ack) {
  amqp_basic_consume_t consume{};
  consume.queue = bytes(queue);
  consume.consumer_tag = kConsumerTag;
  consume.no_ack = no_ack ? 1 : 0;
  append_method(kChannel, AMQP_BASIC_CONSUME_METHOD, &consume);
}

void Connection::cancel() {
  amqp_basic_cancel_t cancel{};
  cancel.consumer_tag = kConsumerTag;
  append_method(kChannel, AMQP_BASIC_CANCEL_METHOD, &cancel);
}

void Connection::ack(std::uint64_t tag, bool multiple) {
  amqp_basic_ack_t ack{tag, multiple ? 1 : 0};
  append_method(kChannel, AMQP_BASIC_ACK_METHOD, &ack);
}

void Connection::requeue(std::uint64_t tag) {
  amqp_basic_nack_t nack{tag, 0, 1};
  append_method(kChannel, AMQP_BASIC_NACK_METHOD, &nack);
}

void Connection::flush() {
  const auto now = Clock::now();
  const bool heartbeats = heartbeat_.count() > 0;
  if (heartbeats && now >= next_heartbeat_) {
    append_frame(AMQP_FRAME_HEARTBEAT, 0, {});
    next_heartbeat_ = now + heartbeat_ / 2;
  }
  if (unsent() == 0) progress_at_ = now;
  while (unsent() > 0) {
    const auto size = ::send(socket(), out_.data() + sent_, unsent(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (size < 0) throw ConnectionLost{fmt::format("send: {}", std::strerror(errno))};
    sent_ += static_cast<std::size_t>(size);
    progress_at_ = now;
  }
  if (unsent() == 0) {
    out_.clear();
    sent_ = 0;
  }
  if (!heartbeats) return;
  if (!blocked_ && now - progress_at_ > 2 * heartbeat_) {
    throw ConnectionLost{"the broker takes nothing any more"};
  }
  if (now - heard_at_ > 2 * heartbeat_) throw ConnectionLost{"the broker is silent"};
}

void Connection::receive(Listener& listener, bool readable) {
  if (readable) heard_at_ = Clock::now();
  if (!readable && !has_buffered()) return;
  int frames = 0;
  do {
    amqp_frame_t frame;
    timeval none{0, 0};
    const int status = amqp_simple_wait_frame_noblock(state_, &frame, &none);
    if (status == AMQP_STATUS_TIMEOUT) return;
    if (status != AMQP_STATUS_OK) throw ConnectionLost{amqp_error_string2(status)};
    on_frame(frame, listener);
    if (content_ == Content::none) amqp_maybe_release_buffers(state_);
  } while (++frames < kFramesPerTurn && has_buffered());
}

bool Connection::has_buffered() const {
  return amqp_data_in_buffer(state_) != 0 || amqp_frames_enqueued(state_) != 0;
}

void Connection::on_frame(const amqp_frame_t& frame, Listener& listener) {
  if (frame.frame_type == AMQP_FRAME_METHOD) {
    on_method(frame.payload.method, listener);
    return;
  }
  if (frame.frame_type == AMQP_FRAME_HEADER) {
    const auto& header = frame.payload.properties;
    const auto& properties = *static_cast<amqp_basic_properties_t*>(header.decoded);
    content_left_ = header.body_size;
    if (content_ == Content::delivery) {
      decode_properties(properties, delivery_);
      delivery_.message.body.reserve(std::min<std::uint64_t>(content_left_, 1 << 24));
    } else {
      const auto app_id = text(properties.app_id);
      const auto* digits = app_id.data() + app_id.rfind('#') + 1;
      std::from_chars(digits, app_id.data() + app_id.size(), returned_sequence_);
    }
  } else if (frame.frame_type == AMQP_FRAME_BODY) {
    const auto& part = frame.payload.body_fragment;
    if (content_ == Content::delivery) {
      delivery_.message.body.append(static_cast<const char*>(part.bytes), part.len);
    }
    content_left_ -= std::min<std::uint64_t>(content_left_, part.len);
  }
  if (content_left_ == 0) finish_content(listener);
}

void Connection::finish_content(Listener& listener) {
  const auto finished = std::exchange(content_, Content::none);
  if (finished == Content::delivery) {
    listener.delivered(std::exchange(delivery_, {}));
  } else if (finished == Content::returned) {
    listener.returned(std::exchange(returned_sequence_, 0));
  }
}

void Connection::on_method(const amqp_method_t& method, Listener& listener) {
  switch (method.id) {
    case AMQP_BASIC_DELIVER_METHOD: {
      const auto* deliver = static_cast<amqp_basic_deliver_t*>(method.decoded);
      content_ = Content::delivery;
      delivery_.tag = deliver->delivery_tag;
      delivery_.redelivered = deliver->redelivered != 0;
      return;
    }
    case AMQP_BASIC_ACK_METHOD: {
      const auto* ack = static_cast<amqp_basic_ack_t*>(method.decoded);
      return listener.confirmed(ack->delivery_tag, ack->multiple != 0, true);
    }
    case AMQP_BASIC_NACK_METHOD: {
      const auto* nack = static_cast<amqp_basic_nack_t*>(method.decoded);
      return listener.confirmed(nack->delivery_tag, nack->multiple != 0, false);
    }
    case AMQP_BASIC_RETURN_METHOD:
      content_ = Content::returned;
      return;
    case AMQP_BASIC_CONSUME_OK_METHOD:
      return listener.consume_ok();
    case AMQP_BASIC_CANCEL_OK_METHOD:
      return listener.cancel_ok();
    // Its declaration and its consumer are made again with the next connection.
    case AMQP_BASIC_CANCEL_METHOD:
      throw ConnectionLost{"the queue was deleted or moved"};
    case AMQP_CONNECTION_BLOCKED_METHOD: {
      const auto* blocked = static_cast<amqp_connection_blocked_t*>(method.decoded);
      log::warn("rabbit.blocked", {{"connection", app_id_}, {"reason", text(blocked->reason)}});
      blocked_ = true;
      return listener.blocked(true);
    }
    case AMQP_CONNECTION_UNBLOCKED_METHOD:
      log::info("rabbit.unblocked", {{"connection", app_id_}});
      blocked_ = false;
      progress_at_ = Clock::now();
      return listener.blocked(false);
    default:
      throw ConnectionLost{reason_of(method)};
  }
}

int Connection::socket() const {
  return amqp_get_sockfd(state_);
}

void Connection::close() noexcept {
  if (unsent() > 0) return;
  amqp_set_rpc_timeout(state_, &kCloseLimit);
  amqp_connection_close(state_, AMQP_REPLY_SUCCESS);
}

}  // namespace waybill::messaging::rabbit
