// One client's connection: reads requests, has them handled one after the other, writes the answers
// in that order. For server.cpp alone; everything here runs on the thread of the server's
// io_context.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "libs/async/async.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/web/message_head.hpp"
#include "libs/web/read_buffer.hpp"
#include "libs/web/request_parser.hpp"
#include "libs/web/server.hpp"

namespace waybill::web {

class Connection;

// What the connections of a server share.
struct ServerState {
  ServerState(boost::asio::io_context& context, Handler& answers, ServerLimits most);

  void count_rejected(std::string_view reason);
  // One connection more or less from the network of this address.
  bool has_room_for(const boost::asio::ip::address& address) const;
  void count_address(const boost::asio::ip::address& address, int change);

  boost::asio::io_context& io;
  Handler& handler;
  const ServerLimits limits;
  std::unordered_set<Connection*> connections;
  std::unordered_map<std::string, std::size_t> by_network;  // its connections
  async::Event all_gone;  // set when the last connection ends while draining
  bool draining = false;
  std::shared_ptr<const Tls> tls;  // for new connections
  std::string date;                // the Date header, renewed by the server each second
  // Counted here and carried to the metrics by the server now and then: adding to a metric for each
  // request costs more.
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t requests = 0;
  metrics::Gauge& connections_gauge;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Connection(std::shared_ptr<ServerState> state, boost::asio::ip::tcp::socket socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Returns when the connection is closed.
  awaitable<void> run();

  // The server asks this of all connections several times a second: cheaper than a timer for each
  // step of a request.
  void check_deadline(Time now);
  // Closes a connection that waits for a request; others end by themselves after their present
  // answer.
  void begin_drain();
  void close();

 private:
  friend class AnswerStream;
  friend class BodyIn;
  enum class Phase { handshake, idle, header, body, handling, writing, closing };

  awaitable<bool> shake_hands();
  awaitable<std::size_t> read_some(boost::asio::mutable_buffer room,
                                   boost::system::error_code& error);
  RequestParser::State parse();
  awaitable<bool> receive();
  awaitable<std::string> read_body();
  awaitable<void> receive_body();
  awaitable<void> answer();
  awaitable<Response> call_handler();
  awaitable<void> refuse(const Refusal& refusal);
  awaitable<void> write(const Response& response, bool is_head);
  awaitable<bool> write_stream(BodyStream& stream, const Frame& frame);
  awaitable<void> finish();

  Phase reading_phase() const;
  std::chrono::milliseconds time_for(Phase phase) const;
  void enter(Phase phase, std::chrono::milliseconds most);
  std::chrono::milliseconds time_for_bytes(std::size_t count) const;
  void begin_handling();
  bool try_send();
  awaitable<bool> send(std::string_view body = {}, std::string_view tail = {});
  void send_when_handler_waits();
  void watch_client();
  void look_at_client();

  std::shared_ptr<ServerState> state_;
  boost::asio::ip::tcp::socket socket_;
  const std::shared_ptr<const Tls> certificate_;  // nullptr: plain
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  const boost::asio::ip::address address_;  // the client's
  ReadBuffer in_;
  std::string out_;  // answers that are not yet sent
  RequestParser parser_;
  Request request_;
  std::string correlation_id_;  // a copy: the handler may take the request apart
  Phase phase_ = Phase::handling;
  Time deadline_ = Time::max();
  std::chrono::milliseconds body_patience_{};  // left for a streamed body, if no bytes come
  std::size_t last_read_ = 0;                  // bytes
  bool timed_out_ = false;
  bool keep_alive_ = true;
  bool continue_sent_ = false;
  bool sending_ = false;  // an asynchronous write is under way
  bool send_posted_ = false;
  bool streaming_ = false;
  bool watching_ = false;
};

}  // namespace waybill::web
