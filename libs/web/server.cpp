#include "libs/web/server.hpp"

#include <system_error>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/socket.h>

#include "libs/async/async.hpp"
#include "libs/core/clock.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/requests.hpp"
#include "libs/web/connection.hpp"

namespace waybill::web {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// How often deadlines are looked at, which is how late a slow client may be cut off.
constexpr milliseconds kTick{200};

constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
    "Connection: close\r\n\r\n";

[[noreturn]] void fail(const std::string& listen, const error_code& error) {
  throw std::system_error(static_cast<std::error_code>(error), "can't listen on " + listen);
}

tcp::endpoint parse_endpoint(asio::io_context& io, const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string::npos) fail(listen, asio::error::invalid_argument);
  std::string host = listen.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  error_code error;
  const auto found =
      tcp::resolver{io}.resolve(host, listen.substr(colon + 1), tcp::resolver::passive, error);
  if (error) fail(listen, error);
  return found.begin()->endpoint();
}

tcp::acceptor open_acceptor(asio::io_context& io, const std::string& listen) {
  const tcp::endpoint endpoint = parse_endpoint(io, listen);
  tcp::acceptor acceptor{io};
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
  const int yes = 1;
  if (!error && setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes)) {
    error.assign(errno, boost::system::system_category());
  }
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) fail(listen, error);
  return acceptor;
}

awaitable<void> serve(std::shared_ptr<Connection> connection) {
  co_await connection->run();
}

}  // namespace

// Coroutines hold it, so it outlives the Server until they have ended.
struct Server::Impl : ServerState {
  Impl(asio::io_context& context, const std::string& listen, Handler& answers, ServerLimits most)
      : ServerState{context, answers, most},
        acceptor{open_acceptor(context, listen)},
        port{acceptor.local_endpoint().port()},
        tick{context},
        received{metrics::counter("http_received_bytes_total", "Bytes read from HTTP clients.")},
        sent{metrics::counter("http_sent_bytes_total", "Bytes written to HTTP clients.")} {
    if (limits.counted) asked.emplace("http");
  }

  static awaitable<void> accept_clients(std::shared_ptr<Impl> self);
  static awaitable<void> keep_time(std::shared_ptr<Impl> self);
  void take_in(tcp::socket socket, std::shared_ptr<Impl> self);
  void turn_away(tcp::socket socket, std::string_view reason);
  void renew_date();
  void carry_metrics();
  void close_acceptor();
  void stop();

  tcp::acceptor acceptor;
  const std::uint16_t port;
  asio::steady_timer tick;
  bool stopped = false;
  seconds date_second{0};
  metrics::Counter& received;
  metrics::Counter& sent;
  std::optional<metrics::Requests> asked;
};

awaitable<void> Server::Impl::accept_clients(std::shared_ptr<Impl> self) {
  while (self->acceptor.is_open()) {
    tcp::socket socket{self->io};
    error_code error;
    co_await self->acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
      self->take_in(std::move(socket), self);
    } else if (error == asio::error::operation_aborted) {
      break;  // a drain has begun
    } else {
      // Out of file descriptors, most likely: they come back when clients go.
      log::warn("http.accept-failed", {{"error", error.message()}});
      co_await async::pause(kTick);
    }
  }
}

void Server::Impl::take_in(tcp::socket socket, std::shared_ptr<Impl> self) {
  error_code gone;
  const auto client = socket.remote_endpoint(gone);
  if (gone) return;
  if (connections.size() >= limits.connections) {
    return turn_away(std::move(socket), "too-many-connections");
  }
  if (!has_room_for(client.address())) {
    return turn_away(std::move(socket), "too-many-of-address");
  }
  auto connection = std::make_shared<Connection>(std::move(self), std::move(socket));
  async::spawn(io.get_executor(), serve(std::move(connection)), "http.connection");
}

void Server::Impl::turn_away(tcp::socket socket, std::string_view reason) {
  count_rejected(reason);
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(kFull), ignored);
}

awaitable<void> Server::Impl::keep_time(std::shared_ptr<Impl> self) {
  while (!self->stopped) {
    self->renew_date();
    self->carry_metrics();
    const auto now = std::chrono::steady_clock::now();
    for (Connection* connection : self->connections) connection->check_deadline(now);
    self->tick.expires_after(kTick);
    error_code cancelled;
    co_await self->tick.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

void Server::Impl::renew_date() {
  const auto at = std::chrono::floor<seconds>(now());
  if (at.time_since_epoch() == date_second) return;
  date_second = at.time_since_epoch();
  date = date_line(at);
}

void Server::Impl::carry_metrics() {
  received.add(static_cast<double>(std::exchange(bytes_received, 0)));
  sent.add(static_cast<double>(std::exchange(bytes_sent, 0)));
  const auto new_requests = static_cast<double>(std::exchange(requests, 0));
  if (asked && new_requests > 0) asked->add(new_requests);
}

void Server::Impl::close_acceptor() {
  error_code ignored;
  acceptor.close(ignored);
}

void Server::Impl::stop() {
  stopped = true;
  close_acceptor();
  tick.cancel();
  for (Connection* connection : connections) connection->close();
  carry_metrics();
}

Server::Server(asio::io_context& io, const std::string& listen, Handler& handler,
               ServerLimits limits)
    : impl_{std::make_shared<Impl>(io, listen, handler, limits)} {}

Server::~Server() {
  impl_->stop();
}

void Server::start() {
  impl_->renew_date();
  const auto executor = impl_->io.get_executor();
  async::spawn(executor, Impl::accept_clients(impl_), "http.accept");
  async::spawn(executor, Impl::keep_time(impl_), "http.time");
}

awaitable<void> Server::drain(std::chrono::milliseconds grace) {
  const std::shared_ptr<Impl> impl = impl_;
  impl->draining = true;
  impl->close_acceptor();
  for (Connection* connection : impl->connections) connection->begin_drain();
  if (!impl->connections.empty()) co_await impl->all_gone.wait_for(grace);
  impl->stop();
  // Closed sockets end their coroutines as soon as these run; a handler that waits ends when it
  // comes back.
  if (!impl->connections.empty()) co_await impl->all_gone.wait_for(kTick);
}

void Server::set_tls(std::shared_ptr<const Tls> tls) {
  impl_->tls = std::move(tls);
}

std::uint16_t Server::port() const {
  return impl_->port;
}

}  // namespace waybill::web
