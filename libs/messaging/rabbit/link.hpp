// The thread that keeps one connection alive: connects with jittered backoff, polls socket and
// wake-ups, flushes. What the connection is for is its owner's business. Connecting runs beside the
// thread, so that time limits are kept meanwhile.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "libs/core/backoff.hpp"
#include "libs/messaging/rabbit/connection.hpp"

namespace waybill::messaging::rabbit {

// Called on the link's thread, but for open().
class LinkOwner : public Listener {
 public:
  // Connects and declares; may block, throws ConnectionLost. On a thread of its own.
  virtual std::unique_ptr<Connection> open() = 0;
  virtual void opened(Connection& connection) = 0;
  // Called once after each opened(), and not again before the next.
  virtual void lost() = 0;
  // One turn of the loop: take up what other threads have asked, post what may be posted. Null
  // while there is no connection.
  virtual void turn(Connection* connection) = 0;
  // When turn() wants to be called at the latest.
  virtual Clock::time_point next_deadline() const { return Clock::time_point::max(); }
  virtual bool wants_input() const { return true; }
  // While stopping: nothing is left that is worth waiting for.
  virtual bool is_idle() const { return true; }
};

class Link {
 public:
  Link(std::string name, LinkOwner& owner);
  // Stops: as long as the owner is not idle the connection is served on, for at most a second.
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // Starts the thread; the owner must be complete.
  void start();
  void stop();
  // Makes the thread call turn() soon. Thread-safe.
  void wake();
  bool is_connected() const { return connected_.load(std::memory_order_relaxed); }

 private:
  void run();
  std::unique_ptr<Connection> connect();
  void serve(Connection& connection);
  void serve_until_lost(Connection& connection);
  void rest(std::chrono::milliseconds duration);
  bool stop_is_over() const;
  // Waits for a wake-up, the socket or the deadline; says whether the socket is readable.
  bool wait(const Connection* connection, Clock::time_point until);

  std::string name_;
  LinkOwner& owner_;
  Backoff backoff_{std::chrono::milliseconds{50}, std::chrono::seconds{2}};
  int wake_fd_;
  std::atomic<bool> woken_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> connected_{false};
  Clock::time_point stop_by_;
  std::thread thread_;
};

}  // namespace waybill::messaging::rabbit
