// One AMQP connection with one channel, driven by one thread at a time. rabbitmq-c does the
// handshake, the synchronous declarations and all decoding. What is sent afterwards is gathered in
// a buffer of our own and leaves with one system call per burst that never blocks: rabbitmq-c would
// make three calls per message, wait for ever for a broker that does not read, and send heartbeats
// only while somebody waits for a frame.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "libs/messaging/broker.hpp"

struct amqp_connection_state_t_;
struct amqp_frame_t_;
struct amqp_method_t_;

namespace waybill::messaging::rabbit {

using Clock = std::chrono::steady_clock;

struct Address {
  std::string host, user, password, vhost;
  int port = 5672;
  std::chrono::seconds heartbeat{10};

  // Throws std::invalid_argument.
  static Address parse(const std::string& url, std::chrono::seconds heartbeat);
};

// The connection is gone, or the broker refused something: it can't be used any more.
struct ConnectionLost : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct QueueDeclaration {
  std::string name;
  bool durable = true;
  bool exclusive = false;
  std::vector<std::pair<std::string, std::variant<std::string, std::int64_t, bool>>> arguments = {};
};

// What the broker says after the synchronous part.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void confirmed(std::uint64_t /*sequence*/, bool /*multiple*/, bool /*ack*/) {}
  virtual void returned(std::uint64_t /*sequence*/) {}
  virtual void delivered(Delivery&& /*delivery*/) {}
  virtual void consume_ok() {}
  virtual void cancel_ok() {}
  virtual void blocked(bool /*blocked*/) {}
};

class Connection {
 public:
  // Connects, logs in and opens the channel; blocks for at most some seconds. Throws
  // ConnectionLost.
  Connection(const Address& address, const std::string& name);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // ---- synchronous requests, before anything is posted; they throw ConnectionLost when refused
  void declare_exchange(std::string_view name, std::string_view type = "direct");
  void declare_queue(const QueueDeclaration& queue);
  void bind_queue(std::string_view queue, std::string_view exchange, std::string_view key);
  void delete_queue(std::string_view queue);
  std::optional<std::size_t> ready(std::string_view queue);
  void enable_confirms();
  void limit_prefetch(std::uint16_t count);

  // ---- posted: gathered until flush()
  // False: AMQP can't carry this message, nothing was posted. Sequences count from 1 in the order
  // of posting.
  bool publish(std::uint64_t sequence, const OutgoingMessage& message);
  void consume(std::string_view queue, bool no_ack);
  void cancel();
  void ack(std::uint64_t tag, bool multiple);
  void requeue(std::uint64_t tag);

  // Sends what the socket takes, a heartbeat too when one is due. Throws ConnectionLost also when
  // the broker has read nothing for two heartbeats (unless it has announced that it would not) or
  // has been silent for as long.
  void flush();
  std::size_t unsent() const { return out_.size() - sent_; }
  // Reads what is there. `readable`: the socket was seen to have something.
  void receive(Listener& listener, bool readable);
  // More was read from the socket than handed out.
  bool has_buffered() const;
  // While its owner does not want to read, silence means nothing.
  void forgive_silence() { heard_at_ = Clock::now(); }

  int socket() const;
  Clock::time_point next_heartbeat() const { return next_heartbeat_; }
  // Says goodbye if nothing is half sent; never throws.
  void close() noexcept;

 private:
  void log_in(const Address& address, const std::string& name);
  void check_reply(const std::string& what);
  void append_method(std::uint16_t channel, std::uint32_t id, void* method);
  void append_frame(char type, std::uint16_t channel, std::string_view payload);
  void on_frame(const amqp_frame_t_& frame, Listener& listener);
  void on_method(const amqp_method_t_& method, Listener& listener);
  void finish_content(Listener& listener);

  enum class Content { none, delivery, returned };

  amqp_connection_state_t_* state_;
  std::size_t frame_max_ = 0;
  std::chrono::seconds heartbeat_{};
  std::string app_id_;

  std::string out_;
  std::size_t sent_ = 0;
  std::string scratch_;
  Clock::time_point next_heartbeat_;
  Clock::time_point progress_at_;
  Clock::time_point heard_at_;
  bool blocked_ = false;

  Content content_ = Content::none;
  std::uint64_t content_left_ = 0;
  Delivery delivery_;
  std::uint64_t returned_sequence_ = 0;
};

}  // namespace waybill::messaging::rabbit
