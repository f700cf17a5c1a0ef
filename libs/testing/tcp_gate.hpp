// A gate in front of a server, for tests that break links: what connects to the gate is passed on
// to the server, until the test says otherwise. Thread-safe; what was asked for holds when the call
// returns.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace waybill::testing {

// What happens to the bytes of one direction.
struct Weather {
  std::optional<std::size_t> cut_after;  // the connection that carries this byte is reset, once
  std::chrono::milliseconds delay{0};    // every piece comes so much later
  std::size_t slice = 0;                 // pieces of at most so many bytes; 0: as they come
  std::size_t bytes_per_second = 0;      // of each connection; 0: as fast as it goes
  bool swallow = false;                  // nothing arrives: a network that takes everything
};

struct LinkPlan {
  bool refuse = false;  // new connections are broken at once
  Weather up;           // towards the server
  Weather down;
};

class TcpGate {
 public:
  // Listens on `own_port` of 127.0.0.1; 0: on a free one.
  TcpGate(const std::string& host, std::uint16_t port, std::uint16_t own_port = 0);
  // In front of a server that listens on a Unix socket.
  explicit TcpGate(const std::string& socket);
  ~TcpGate();
  TcpGate(const TcpGate&) = delete;
  TcpGate& operator=(const TcpGate&) = delete;

  std::uint16_t port() const;

  // From now on, for connections that are open and for new ones; a plan replaces the one before.
  void apply(const LinkPlan& plan);

  // Breaks all connections; new ones are welcome.
  void cut();
  // The same with a polite end.
  void hang_up();
  // Breaks all connections, and every new one at once.
  void close();
  void open();
  // The next piece towards the server that contains `question` is passed on, but the client never
  // hears of it: its connection is reset when the server answers.
  void lose_answer_to(const std::string& question);
  bool has_lost_answer() const;
  // Keeps connections and takes new ones, but passes no byte on.
  void freeze();
  void thaw();

  std::size_t connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waybill::testing
