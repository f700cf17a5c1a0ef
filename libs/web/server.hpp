// The HTTP/1.1 server (Beast inside). One per port; runs on the thread of the io_context it is
// given. End it with drain(): a destroyed server closes its connections, but a handler that is
// waiting for something goes on until it has it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "libs/web/http.hpp"
#include "libs/web/tls.hpp"

namespace waybill::web {

struct ServerLimits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 1024 * 1024;
  std::size_t target_bytes = 8 * 1024;
  std::size_t connections = 10'000;
  // From one address, of IPv6 from one /64; 0: as many as there may be at all.
  std::size_t connections_per_address = 0;
  // From the first byte of a request to the end of its header; as much for a TLS handshake.
  std::chrono::milliseconds header_time{10'000};
  std::chrono::milliseconds body_time{30'000};
  // Between two requests of a connection.
  std::chrono::milliseconds idle_time{60'000};
  std::chrono::milliseconds write_time{30'000};
  // Bytes per second. For each so many bytes that have arrived of a body, or were taken of an
  // answer, there is a second more: large ones have their time, slow ones don't.
  std::size_t least_rate = 16 * 1024;
  bool counted = true;  // its requests are among service_requests_total{kind="http"}
};

class Server {
 public:
  // `listen` is "address:port" (port 0: any free one). Several processes may share a port
  // (SO_REUSEPORT). Throws std::system_error when the port can't be bound.
  Server(boost::asio::io_context& io, const std::string& listen, Handler& handler,
         ServerLimits limits = {});
  ~Server();

  void start();
  // From now on new connections speak TLS with this certificate; present ones keep theirs. nullptr:
  // none. On the io thread, or before start().
  void set_tls(std::shared_ptr<const Tls> tls);
  // Stops accepting; connections close after their present request, at the latest after `grace`.
  // Returns when all have gone, or shortly after `grace` if a handler doesn't come back.
  awaitable<void> drain(std::chrono::milliseconds grace);
  std::uint16_t port() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::web
