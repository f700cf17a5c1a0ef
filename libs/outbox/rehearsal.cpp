#include "libs/outbox/rehearsal.hpp"

namespace waybill::outbox {
namespace {

// As in the dead queue: a header is no place for a whole statement.
constexpr std::size_t kReasonLength = 400;

}  // namespace

void answer_rehearsal(const Intake& command, Rehearsal rehearsal, messaging::Publisher& publisher) {
  if (!command.reply_to) return;
  messaging::OutgoingMessage answer{
      .to = {"", command.reply_to->queue}, .message = {}, .mandatory = false, .persistent = false};
  messaging::Message& message = answer.message;
  message.type = "waybill.common.v1.Outcome";
  message.message_id = command.delivery.message.message_id;
  message.correlation_id = command.delivery.message.correlation_id;
  message.headers["would"] = std::move(rehearsal.would);
  message.headers["reason"] = rehearsal.reason.substr(0, kReasonLength);
  message.body = std::move(rehearsal.outcome);
  publisher.publish(std::move(answer), [](messaging::Publish) {});
}

}  // namespace waybill::outbox
