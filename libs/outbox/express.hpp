// Sends the commands of a transaction right after its COMMIT, from memory: the saga goes on
// milliseconds sooner, and no query looks for them. Their rows move to outbox_sent afterwards, many
// at a time. What does not get through (broker away, process killed) is still in the outbox, and
// the relay tells it. Commands need no order among themselves: queues with retries keep none.
#pragma once

#include <memory>
#include <vector>

#include "libs/messaging/broker.hpp"
#include "libs/outbox/row.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::outbox {

class Express {
 public:
  explicit Express(pg::Options database);
  ~Express();
  void start();
  // Marks what the broker has by now.
  void stop();
  // Thread-safe, never blocks; `publisher` may outlive this.
  void send(std::vector<OutboxRow> commands, messaging::Publisher& publisher);

 private:
  struct Told;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waybill::outbox
