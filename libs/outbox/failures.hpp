// Where commands go that could not be handled: the retry ladder, or the dead queue.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "libs/messaging/broker.hpp"
#include "libs/outbox/intake.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::outbox {

class Failures {
 public:
  Failures(std::string queue, std::vector<std::chrono::milliseconds> retries,
           messaging::Publisher& publisher);

  // A command that may be done later.
  struct Later {
    const Intake* command;
    std::string why;
  };
  // Sends each to its next step of the ladder; result[i]: the broker has it, so commands[i] may be
  // acknowledged. Those whose ladder is exhausted are not sent: see is_exhausted().
  std::vector<bool> send_later(std::span<const Later> commands);
  bool is_exhausted(const Intake& command) const;

  // Sends a command that nobody can do to the dead queue; false when the broker did not take it.
  bool send_to_dead(const Intake& command, const std::string& reason);
  // Writes into the inbox that a command is dead, and answers the caller. Throws as pg::Tx.
  void record_death(pg::Connection& connection, const Intake& command);

 private:
  std::string queue_;
  std::vector<std::chrono::milliseconds> retries_;
  messaging::Publisher& publisher_;
};

}  // namespace waybill::outbox
