#include "libs/outbox/failures.hpp"

#include "libs/core/planted.hpp"
#include "libs/log/log.hpp"
#include "libs/messaging/retry_ladder.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/outbox/sql.hpp"

namespace waybill::outbox {
namespace {

// A header is no place for a whole statement.
constexpr std::size_t kReasonLength = 400;

// The message as it is sent on: one failure more, with what the dead queue's reader wants to know.
messaging::Message failed(const messaging::Message& message, const std::string& reason) {
  messaging::Message next = messaging::count_failure(message);
  next.headers["reason"] = reason.substr(0, kReasonLength);
  next.headers["service_version"] = WAYBILL_VERSION;
  next.headers.try_emplace("first_failed_at", to_rfc3339(now()));
  return next;
}

// The caller learns what the command's own fault is; of ours, only that there is one.
Outcome dead_outcome(const Intake& command) {
  return Outcome::refused(command.broken.value_or(
      Fault{FaultKind::internal, "internal", "The command could not be handled.", {}}));
}

void count(const std::string& queue, const char* name, const char* help) {
  metrics::counter(name, help, {{"queue", queue}}).add();
}

}  // namespace

Failures::Failures(std::string queue, std::vector<std::chrono::milliseconds> retries,
                   messaging::Publisher& publisher)
    : queue_{std::move(queue)}, retries_{std::move(retries)}, publisher_{publisher} {}

bool Failures::is_exhausted(const Intake& command) const {
  return messaging::attempts_of(command.delivery.message) >= retries_.size();
}

std::vector<bool> Failures::send_later(std::span<const Later> commands) {
  std::vector<messaging::OutgoingMessage> messages;
  for (const Later& later : commands) {
    const messaging::Message& message = later.command->delivery.message;
    const std::size_t attempts = messaging::attempts_of(message);
    messages.push_back({.to = messaging::after_failure(queue_, attempts, retries_),
                        .message = failed(message, later.why)});
    count(queue_, "command_retries_total", "Commands sent to the retry ladder.");
    log::warn("command.retried", {{"queue", queue_},
                                  {"type", later.command->type},
                                  {"command_id", later.command->id()},
                                  {"attempt", attempts + 1},
                                  {"reason", later.why}});
  }
  std::vector<bool> taken;
  for (const messaging::Publish result : publisher_.publish_all(std::move(messages))) {
    taken.push_back(result == messaging::Publish::confirmed || planted(Bug::nack_ignored));
  }
  return taken;
}

bool Failures::send_to_dead(const Intake& command, const std::string& reason) {
  std::vector<messaging::OutgoingMessage> message;
  message.push_back({.to = {"", messaging::dead_queue(queue_)},
                     .message = failed(command.delivery.message, reason)});
  const auto results = publisher_.publish_all(std::move(message));
  if (results.front() != messaging::Publish::confirmed) return false;
  count(queue_, "dead_letters_total", "Commands sent to the dead queue.");
  log::error("command.dead", {{"queue", queue_},
                              {"type", command.type},
                              {"command_id", command.id()},
                              {"correlation_id", command.cause.trace.correlation_id},
                              {"reason", reason}});
  return true;
}

void Failures::record_death(pg::Connection& connection, const Intake& command) {
  const common::v1::Outcome outcome = render(dead_outcome(command), command.id(), command.cause);
  pg::Tx tx{connection};
  tx.later(sql::bury_command, command.id(), command.type, command.fingerprint,
           to_header(command.cause.caller), command.cause.trace.correlation_id,
           pg::bytes(outcome.SerializeAsString()));
  tx.commit();
  if (!command.reply_to) return;
  Answers answers;
  answers.add(*command.reply_to, outcome);
  answers.send(publisher_);
}

}  // namespace waybill::outbox
