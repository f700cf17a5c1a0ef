// A projection: rows that follow topics. Offsets are stored in the transaction of the rows they
// belong to, so each event is applied once; SQL of the handler applies a state only if its version
// is newer, so replays and reorderings are harmless.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "libs/messaging/broker.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::projection {

struct Options {
  std::string name;  // in projection_offset, metrics, and the consumer group <service>.<name>
  std::string service;
  std::vector<std::string> topics;
  std::size_t batch = 500;
};

// Applies events in one transaction. Throwing a pg::TransientError retries the batch; anything else
// stops the projection with a metric and a log line (it never skips an event silently).
using Apply = std::function<void(pg::Tx&, std::span<const messaging::Event>)>;

// A thread of its own; reconnects and continues by itself.
class Projection {
 public:
  Projection(Options options, pg::Options database, messaging::KafkaBroker& kafka, Apply apply);
  ~Projection();
  void start();
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waybill::projection
