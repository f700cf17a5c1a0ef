// A projection: rows that follow topics. Offsets are stored in the transaction of the rows they
// belong to, so each event is applied once; SQL of the handler applies a state only if its version
// is newer, so replays and reorderings are harmless.
#pragma once

#include <memory>
#include <string>

#include "libs/messaging/broker.hpp"
#include "libs/projection/definition.hpp"

namespace waybill::projection {

// A member of the consumer group <service>.<name> on a thread of its own; reconnects and continues
// by itself.
class Projection {
 public:
  Projection(Definition definition, pg::Options database, messaging::KafkaBroker& kafka);
  ~Projection();
  // What is parked is tried once more first.
  void start();
  void stop();

  const std::string& name() const;
  // Why its rows are not all that the topics tell, for a person; empty while they are. Thread-safe.
  std::string problem() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waybill::projection
