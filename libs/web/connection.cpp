#include "libs/web/connection.hpp"

#include <array>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include "libs/log/log.hpp"
#include "libs/web/tls_impl.hpp"

namespace waybill::web {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// Bodies up to here are copied behind their header, so that pipelined answers leave in one write.
constexpr std::size_t kCopiedBody = 16 * 1024;
constexpr std::size_t kMostCollected = 64 * 1024;
constexpr std::size_t kMostAtOnce = 64 * 1024;
// How long to wait for the client's end after ours: closing with unread input would reset the
// connection, and the client might lose the answer.
constexpr std::chrono::seconds kLinger{1};

Response refusal_response(const Refusal& refusal, const Request& request) {
  Fault fault{FaultKind::invalid, std::string{refusal.reason}, refusal.detail, {}};
  auto problem = to_problem(fault, request.path, request.trace.correlation_id);
  problem["status"] = refusal.status;
  problem["title"] = reason_phrase(refusal.status);
  return {refusal.status, "application/problem+json", boost::json::serialize(problem)};
}

Response failure_response(const Request& request) {
  const Fault fault{FaultKind::internal, "internal", "The server failed; it has been logged.", {}};
  return problem_response(fault, request);
}

void log_failure(const Request& request, std::string_view what) {
  log::error("http.failed", {{"method", request.method},
                             {"path", request.path},
                             {"correlation_id", request.trace.correlation_id},
                             {"error", what}});
}

// An IPv4 client of an IPv6 socket is still an IPv4 client.
asio::ip::address plain_address(const asio::ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
}

asio::ip::address client_of(const asio::ip::tcp::socket& socket) {
  error_code ignored;
  return plain_address(socket.remote_endpoint(ignored).address());
}

// A household has a whole /64 of IPv6, so that is what counts as one client.
std::string network_of(const asio::ip::address& address) {
  if (!address.is_v6()) return address.to_string();
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return asio::ip::address_v6{bytes}.to_string();
}

void append_chunk_size(std::string& out, std::size_t size) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::array<char, 18> text;
  std::size_t at = text.size();
  text[--at] = '\n';
  text[--at] = '\r';
  do {
    text[--at] = kHex[size & 0x0f];
    size >>= 4;
  } while (size > 0);
  out.append(text.data() + at, text.size() - at);
}

}  // namespace

ServerState::ServerState(asio::io_context& context, Handler& answers, ServerLimits most)
    : io{context},
      handler{answers},
      limits{most},
      all_gone{context},
      connections_gauge{metrics::gauge("http_connections", "Open connections of HTTP clients.")} {}

void ServerState::count_rejected(std::string_view reason) {
  metrics::counter("http_requests_rejected_total",
                   "Requests that the HTTP server refused before anything handled them.",
                   {{"reason", std::string{reason}}})
      .add();
}

bool ServerState::has_room_for(const asio::ip::address& address) const {
  if (limits.connections_per_address == 0) return true;
  const auto found = by_network.find(network_of(plain_address(address)));
  return found == by_network.end() || found->second < limits.connections_per_address;
}

void ServerState::count_address(const asio::ip::address& address, int change) {
  if (limits.connections_per_address == 0) return;
  const std::string network = network_of(address);
  if ((by_network[network] += static_cast<std::size_t>(change)) == 0) by_network.erase(network);
}

// The writing side that a BodyStream sees.
class AnswerStream final : public StreamWriter {
 public:
  AnswerStream(Connection& connection, const Frame& frame)
      : connection_{connection}, framing_{frame.framing}, remaining_{frame.length} {}

  awaitable<bool> write(std::string chunk) override {
    if (!is_open()) co_return false;
    if (chunk.empty()) co_return true;  // as a chunk it would mean the end
    if (framing_ == Framing::chunked) {
      append_chunk_size(connection_.out_, chunk.size());
      co_return co_await connection_.send(chunk, "\r\n");
    }
    if (framing_ == Framing::sized) {
      if (chunk.size() > remaining_) throw std::length_error("a stream beyond its Content-Length");
      remaining_ -= chunk.size();
    }
    co_return co_await connection_.send(chunk);
  }

  bool is_open() const override { return connection_.socket_.is_open(); }
  bool is_draining() const override { return connection_.state_->draining; }
  bool is_short() const { return framing_ == Framing::sized && remaining_ > 0; }

 private:
  Connection& connection_;
  Framing framing_;
  std::uint64_t remaining_;
};

// The reading side of a body that its handler takes as it comes.
class BodyIn final : public BodySource {
 public:
  explicit BodyIn(Connection& connection) : connection_{connection} {}
  awaitable<std::string> read() override { return connection_.read_body(); }
  std::optional<std::uint64_t> length() const override { return connection_.parser_.body_length(); }

 private:
  Connection& connection_;
};

Connection::Connection(std::shared_ptr<ServerState> state, asio::ip::tcp::socket socket)
    : state_{std::move(state)},
      socket_{std::move(socket)},
      certificate_{state_->tls},
      address_{client_of(socket_)},
      parser_{state_->limits, &state_->handler} {
  state_->connections.insert(this);
  state_->count_address(address_, 1);
  state_->connections_gauge.add(1);
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  socket_.non_blocking(true, ignored);
  request_.peer = address_.to_string();
  if (certificate_) tls_.emplace(socket_, certificate_->impl().context);
}

Connection::~Connection() {
  state_->connections_gauge.add(-1);
  state_->count_address(address_, -1);
  state_->connections.erase(this);
  if (state_->draining && state_->connections.empty()) state_->all_gone.set();
}

awaitable<void> Connection::run() {
  if (tls_ && !co_await shake_hands()) {
    state_->count_rejected(timed_out_ ? "slow-handshake" : "handshake");
    close();
    co_return;
  }
  while (socket_.is_open()) {
    const RequestParser::State state = parse();
    if (state == RequestParser::State::refused) {
      co_await refuse(parser_.refusal());
    } else if (state == RequestParser::State::done || parser_.streams()) {
      co_await answer();
    } else if (!co_await receive()) {
      break;
    }
    if (!keep_alive_) {
      co_await finish();
      break;
    }
  }
  close();
}

awaitable<bool> Connection::shake_hands() {
  enter(Phase::handshake, time_for(Phase::handshake));
  error_code error;
  co_await tls_->async_handshake(asio::ssl::stream_base::server,
                                 asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

awaitable<std::size_t> Connection::read_some(asio::mutable_buffer room, error_code& error) {
  auto token = asio::redirect_error(asio::use_awaitable, error);
  if (tls_) return tls_->async_read_some(room, token);
  return socket_.async_read_some(room, token);
}

RequestParser::State Connection::parse() {
  std::string_view input = in_.data();
  const std::size_t waiting = input.size();
  const RequestParser::State state = parser_.feed(input, request_);
  in_.consume(waiting - input.size());
  return state;
}

// Waits for more of the request; false when there is none to come.
awaitable<bool> Connection::receive() {
  const Phase phase = reading_phase();
  if (phase == Phase::body && parser_.expects_continue() && !continue_sent_ && in_.empty()) {
    out_.append("HTTP/1.1 100 Continue\r\n\r\n");
    continue_sent_ = true;
  }
  if (!try_send() && !co_await send()) co_return false;
  if (phase == Phase::idle) {
    if (state_->draining) co_return false;
    in_.shrink();
  }
  // The time of a phase runs from its beginning, however often bytes drop in; a body earns more by
  // its bytes.
  if (phase_ != phase) {
    enter(phase, time_for(phase));
    // What came in one piece with the header counts, too.
    if (phase == Phase::body) deadline_ += time_for_bytes(last_read_);
  }
  error_code error;
  const std::size_t count = co_await read_some(in_.prepare(), error);
  in_.commit(count);
  last_read_ = count;
  state_->bytes_received += count;
  if (phase == Phase::body) deadline_ += time_for_bytes(count);
  if (timed_out_ && phase != Phase::idle) {
    const Refusal late{408, "request-timeout", "The request did not arrive in time."};
    co_await refuse(late);
    co_return true;
  }
  co_return !error && !timed_out_;
}

// The next piece of a streamed body.
awaitable<std::string> Connection::read_body() {
  std::string piece;
  while (parser_.state() == RequestParser::State::body) {
    std::string_view input = in_.data();
    const std::size_t waiting = input.size();
    parser_.feed_stream(input, piece);
    in_.consume(waiting - input.size());
    if (parser_.state() == RequestParser::State::refused) {
      const Refusal& refusal = parser_.refusal();
      throw BodyBroken{refusal.status, refusal.reason, refusal.detail};
    }
    if (!piece.empty()) break;
    if (parser_.state() == RequestParser::State::body) co_await receive_body();
  }
  co_return piece;
}

// The time that a handler takes between two pieces is not the client's. What bytes earn does not
// add up: whoever stands still for body_time is too slow, however quick he was before.
awaitable<void> Connection::receive_body() {
  if (parser_.expects_continue() && !continue_sent_ && in_.empty()) {
    out_.append("HTTP/1.1 100 Continue\r\n\r\n");
    continue_sent_ = true;
  }
  if (!try_send() && !co_await send()) throw BodyBroken{0, "body-cut", "the client has gone"};
  enter(Phase::body, body_patience_);
  error_code error;
  const std::size_t count = co_await read_some(in_.prepare(), error);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline_ - std::chrono::steady_clock::now());
  body_patience_ = std::min(time_for(Phase::body), left + time_for_bytes(count));
  phase_ = Phase::handling;
  deadline_ = Time::max();
  in_.commit(count);
  state_->bytes_received += count;
  if (timed_out_) {
    throw BodyBroken{408, "request-timeout", "The request did not arrive in time."};
  }
  if (error) throw BodyBroken{0, "body-cut", "the client has gone"};
}

Connection::Phase Connection::reading_phase() const {
  if (parser_.state() == RequestParser::State::body) return Phase::body;
  return in_.empty() ? Phase::idle : Phase::header;
}

std::chrono::milliseconds Connection::time_for(Phase phase) const {
  switch (phase) {
    case Phase::idle:
      return state_->limits.idle_time;
    case Phase::handshake:
    case Phase::header:
      return state_->limits.header_time;
    case Phase::body:
      return state_->limits.body_time;
    case Phase::writing:
      return state_->limits.write_time;
    default:
      return kLinger;
  }
}

void Connection::enter(Phase phase, std::chrono::milliseconds most) {
  phase_ = phase;
  deadline_ = std::chrono::steady_clock::now() + most;
}

std::chrono::milliseconds Connection::time_for_bytes(std::size_t count) const {
  return std::chrono::milliseconds{1000 * count / state_->limits.least_rate};
}

void Connection::begin_handling() {
  phase_ = Phase::handling;
  deadline_ = Time::max();
  continue_sent_ = false;
}

awaitable<void> Connection::answer() {
  begin_handling();
  correlation_id_ = request_.trace.correlation_id;
  const bool is_head = request_.method == "HEAD";
  if (!out_.empty() && tls_) co_await send();
  if (!out_.empty()) send_when_handler_waits();
  BodyIn source{*this};
  if (parser_.streams()) request_.source = &source;
  body_patience_ = time_for(Phase::body);
  const Response response = co_await call_handler();
  request_.source = nullptr;
  const bool is_read = parser_.state() == RequestParser::State::done;
  keep_alive_ = is_read && parser_.keep_alive() && !state_->draining;
  co_await write(response, is_head);
}

awaitable<Response> Connection::call_handler() {
  ++state_->requests;
  try {
    co_return co_await state_->handler.handle(request_);
  } catch (const BodyBroken& broken) {
    state_->count_rejected(broken.reason());
    request_.trace.correlation_id = correlation_id_;
    if (broken.status() == 0) close();
    const Refusal refusal{broken.status() ? broken.status() : 400, broken.reason(), broken.what()};
    co_return refusal_response(refusal, request_);
  } catch (const std::exception& error) {
    log_failure(request_, error.what());
  } catch (...) {
    log_failure(request_, "an exception that is no std::exception");
  }
  request_.trace.correlation_id = correlation_id_;
  co_return failure_response(request_);
}

awaitable<void> Connection::refuse(const Refusal& refusal) {
  state_->count_rejected(refusal.reason);
  begin_handling();
  keep_alive_ = false;
  if (request_.trace.correlation_id.empty()) {
    request_.trace.correlation_id = new_correlation_id();
  }
  correlation_id_ = request_.trace.correlation_id;
  const Response response = refusal_response(refusal, request_);
  co_await write(response, request_.method == "HEAD");
}

awaitable<void> Connection::write(const Response& response, bool is_head) {
  const Frame frame = frame_of(response, parser_.is_http_11());
  if (frame.framing == Framing::until_close) keep_alive_ = false;
  append_head(out_, response, frame,
              {parser_.is_http_11(), keep_alive_, correlation_id_, state_->date});
  if (is_head || frame.framing == Framing::none) co_return;
  if (response.stream) {
    if (!co_await write_stream(*response.stream, frame)) close();
    co_return;
  }
  const std::string& body = body_of(response);
  if (body.size() > kCopiedBody) {
    co_await send(body);
    co_return;
  }
  out_.append(body);
  if (out_.size() > kMostCollected) co_await send();
}

// False when the body has no proper end: only closing the connection tells the client.
awaitable<bool> Connection::write_stream(BodyStream& stream, const Frame& frame) {
  AnswerStream writer{*this, frame};
  if (!try_send() && !co_await send()) co_return false;
  streaming_ = true;
  watch_client();
  bool failed = false;
  try {
    co_await stream.run(writer);
  } catch (const std::exception& error) {
    log_failure(request_, error.what());
    failed = true;
  }
  streaming_ = false;
  if (state_->draining) keep_alive_ = false;
  if (failed || writer.is_short()) co_return false;
  if (frame.framing == Framing::chunked) out_.append("0\r\n\r\n");
  co_return true;
}

// Ends our side, then waits a moment for the client's.
awaitable<void> Connection::finish() {
  if (!try_send() && !co_await send()) co_return;
  enter(Phase::closing, time_for(Phase::closing));
  error_code error;
  if (tls_) {
    co_await tls_->async_shutdown(asio::redirect_error(asio::use_awaitable, error));
    co_return;
  }
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  while (!error) {
    in_.clear();
    in_.commit(co_await socket_.async_read_some(in_.prepare(),
                                                asio::redirect_error(asio::use_awaitable, error)));
  }
}

// Sends without waiting. True when nothing is left to send, be it that the client has gone.
bool Connection::try_send() {
  if (out_.empty()) return true;
  // A record that leaves only in part can't be taken back, so TLS is never written without waiting.
  if (sending_ || tls_) return false;
  error_code error;
  const std::size_t count = socket_.write_some(asio::buffer(out_), error);
  state_->bytes_sent += count;
  out_.erase(0, count);
  if (error && error != asio::error::would_block) {
    out_.clear();
    close();
  }
  return out_.empty();
}

// Sends what was collected, and the two texts behind it in the same write. False when the client
// has gone.
awaitable<bool> Connection::send(std::string_view body, std::string_view tail) {
  const std::array<asio::const_buffer, 3> buffers{asio::buffer(out_), asio::buffer(body),
                                                  asio::buffer(tail)};
  const Phase before = phase_;
  const Time deadline_before = deadline_;
  enter(Phase::writing, time_for(Phase::writing));
  const auto earn_time = [this, most = deadline_](const error_code& error, std::size_t sent) {
    deadline_ = most + time_for_bytes(sent);
    return error ? std::size_t{0} : kMostAtOnce;
  };
  sending_ = true;
  error_code error;
  if (tls_) {
    state_->bytes_sent += co_await asio::async_write(
        *tls_, buffers, earn_time, asio::redirect_error(asio::use_awaitable, error));
  } else {
    state_->bytes_sent += co_await asio::async_write(
        socket_, buffers, earn_time, asio::redirect_error(asio::use_awaitable, error));
  }
  sending_ = false;
  phase_ = before;
  deadline_ = deadline_before;
  out_.clear();
  if (error) close();
  co_return !error;
}

// Answers are collected while requests are waiting in the buffer. If the handler of the next one
// has to wait for something, control comes to the posted function, and what is collected leaves
// before that.
void Connection::send_when_handler_waits() {
  if (send_posted_) return;
  send_posted_ = true;
  asio::post(state_->io, [self = shared_from_this()] {
    self->send_posted_ = false;
    if (self->phase_ == Phase::handling) self->try_send();
  });
}

// While a stream is being written nothing is read, so its client's end is waited for here.
void Connection::watch_client() {
  if (watching_ || in_.size() > state_->limits.header_bytes) return;
  watching_ = true;
  socket_.async_wait(asio::ip::tcp::socket::wait_read,
                     [self = shared_from_this()](const error_code& error) {
                       self->watching_ = false;
                       if (!error && self->streaming_) self->look_at_client();
                     });
}

// Bytes belong to the next request and are kept.
void Connection::look_at_client() {
  error_code error;
  if (tls_) {
    // Bytes may be anything, and wait; an end is an end.
    char byte;
    socket_.receive(asio::buffer(&byte, 1), asio::ip::tcp::socket::message_peek, error);
    if (error && error != asio::error::would_block) close();
    return;
  }
  const std::size_t count = socket_.read_some(in_.prepare(), error);
  in_.commit(count);
  state_->bytes_received += count;
  if (error && error != asio::error::would_block) {
    close();
  } else {
    watch_client();
  }
}

void Connection::check_deadline(Time now) {
  if (now < deadline_) return;
  deadline_ = Time::max();
  if (phase_ == Phase::writing || phase_ == Phase::closing) {
    state_->count_rejected(phase_ == Phase::writing ? "slow-reader" : "slow-close");
    close();
    return;
  }
  timed_out_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

void Connection::begin_drain() {
  error_code ignored;
  if (phase_ == Phase::idle) socket_.cancel(ignored);
}

void Connection::close() {
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace waybill::web
