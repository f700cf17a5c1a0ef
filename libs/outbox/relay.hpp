// Brings outbox rows to the brokers: one relay per channel, so that Kafka's absence does not hold
// up saga commands. Of all processes of a service one is active per channel: it holds an advisory
// lock on the connection it works on; losing the connection loses the lock, and what is in flight
// is purged. Rows leave in id order, batch after batch, and move to outbox_sent only after the
// broker's acknowledgement: at least once, in order per key.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "libs/messaging/broker.hpp"
#include "libs/outbox/row.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::outbox {

// Where a channel's rows go. publish() answers for each row whether the broker has it; blocking.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual std::vector<bool> publish(std::span<const OutboxRow> rows) = 0;
  virtual void purge() = 0;
};
std::unique_ptr<Sink> make_event_sink(messaging::KafkaBroker& kafka, const std::string& service);
std::unique_ptr<Sink> make_command_sink(messaging::RabbitBroker& rabbit,
                                        const std::string& service);

struct RelayOptions {
  std::string service;  // names source (ce_source), locks and metrics
  std::string channel;  // "event" or "command"
  std::size_t batch = 500;
  std::chrono::milliseconds poll{100};  // safety net behind the wake-up calls
  std::chrono::milliseconds pace{0};    // least time between two batches that are not full
  // How long a row is left to the express before the relay tells it. What lies there when the relay
  // becomes active has nobody else.
  std::chrono::milliseconds patience{0};
  // A relay that stands still for so long (its process was stopped) loses its connection, and with
  // it the lock. More than a batch takes that no broker answers.
  std::chrono::milliseconds standstill{30'000};
  std::chrono::hours keep{24 * 7};         // outbox_sent partitions older than this are dropped
  std::chrono::hours keep_inbox{24 * 30};  // commands that were done longer ago are forgotten
};

// One channel; a thread of its own.
class Relay {
 public:
  Relay(RelayOptions options, pg::Options database, std::unique_ptr<Sink> sink);
  ~Relay();
  void start();
  void stop();
  // Rows were committed. Thread-safe, never blocks.
  void wake();
  // Whether this one holds the lock. Thread-safe.
  bool is_active() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Both channels of a service, the express for its commands, and the wake-up across processes (a
// coalesced NOTIFY on a connection of its own).
class Relays {
 public:
  Relays(const std::string& service, pg::Options database, messaging::KafkaBroker& kafka,
         messaging::RabbitBroker& rabbit);
  ~Relays();
  void start();
  void stop();
  // After a commit that wrote events.
  void wake();
  // After a commit that wrote these commands. Does not wait for the broker.
  void send(std::vector<OutboxRow> commands, messaging::Publisher& publisher);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waybill::outbox
