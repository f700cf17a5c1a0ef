// From a delivery to a command that a handler can take.
#pragma once

#include <optional>
#include <string>

#include "libs/messaging/message.hpp"
#include "libs/outbox/answers.hpp"
#include "libs/outbox/processor.hpp"

namespace waybill::outbox {

struct Intake {
  messaging::Delivery delivery;
  std::string type;  // full protobuf name
  std::string body;  // protobuf
  std::string fingerprint;
  Cause cause;
  std::optional<ReplyTo> reply_to;
  std::optional<Fault> broken;  // set: no handler can do anything with it
  bool rehearsal = false;       // header dry-run: say what would happen, let nothing of it stand

  const Id& id() const { return cause.command_id; }
};

// Never throws for what the message contains.
Intake read_delivery(messaging::Delivery delivery, const JsonDecoder& decode_json);

}  // namespace waybill::outbox
