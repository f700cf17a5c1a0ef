// A gate in front of a server, for tests that break links: what connects to the gate is passed on
// to the server, until the test cuts, closes or freezes it. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace waybill::testing {

class TcpGate {
 public:
  // Listens on a free port of 127.0.0.1.
  TcpGate(std::string host, std::uint16_t port);
  ~TcpGate();
  TcpGate(const TcpGate&) = delete;
  TcpGate& operator=(const TcpGate&) = delete;

  std::uint16_t port() const { return own_port_; }

  // Breaks all connections; new ones are welcome.
  void cut();
  // Breaks all connections, and every new one at once.
  void close();
  void open();
  // Keeps connections and takes new ones, but passes no byte on: a network that swallows
  // everything.
  void freeze();
  void thaw();

  std::size_t connections() const;

 private:
  struct Pipe;

  void run();
  void wake();
  void accept_one();
  void drop_all();

  const std::string host_;
  const std::uint16_t port_;
  int listener_ = -1;
  int wake_fd_ = -1;
  std::uint16_t own_port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> closed_{false};
  std::atomic<bool> frozen_{false};

  mutable std::mutex mutex_;
  std::list<std::unique_ptr<Pipe>> pipes_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace waybill::testing
