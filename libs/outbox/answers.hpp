// Outcomes on their way to those who asked.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "libs/messaging/broker.hpp"
#include "libs/outbox/command.hpp"
#include "libs/outbox/outcome.hpp"
#include "waybill/common/v1/outcome.pb.h"

namespace waybill::outbox {

// As it is stored and sent; a fault becomes the problem document of the request that caused it.
common::v1::Outcome render(const Outcome& outcome, const Id& command_id, const Cause& cause);

// Who waits for an outcome. Those who speak JSON, or give a context, get each answer as a message
// of its own with their correlation id and context; the others find the command id in the outcome.
struct ReplyTo {
  std::string queue;
  bool json = false;
  std::string correlation_id;
  std::string context{};  // whatever the answer shall carry back; empty: nothing

  bool is_single() const { return json || !context.empty(); }
  std::string to_text() const;  // as in inbox.reply_to
  static ReplyTo from_text(std::string_view text);
};

// Collects the outcomes of a batch: one message per queue, or one per outcome for those who want
// it so.
class Answers {
 public:
  void add(const ReplyTo& to, const common::v1::Outcome& outcome);
  // `waiting`: inbox.reply_to as a JSON array.
  void add_all(std::string_view waiting, const common::v1::Outcome& outcome);
  // What is waiting for this queue of a process itself: taken out, it will not be sent.
  common::v1::Outcomes take(const std::string& queue);
  // Does not wait: who misses an answer asks for the operation.
  void send(messaging::Publisher& publisher);

 private:
  std::map<std::string, common::v1::Outcomes, std::less<>> by_queue_;
  std::vector<messaging::OutgoingMessage> single_;
};

}  // namespace waybill::outbox
