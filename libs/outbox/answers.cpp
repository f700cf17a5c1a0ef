#include "libs/outbox/answers.hpp"

#include <boost/json.hpp>

#include "libs/core/planted.hpp"
#include "libs/metrics/metrics.hpp"

namespace waybill::outbox {
namespace {

namespace json = boost::json;

// {"command_id", "status", "result" | "problem"}; the body is JSON already.
std::string to_json(const common::v1::Outcome& outcome) {
  const bool succeeded = outcome.status() < 400;
  std::string text = "{\"command_id\":\"" + outcome.command_id() + "\",\"status\":\"";
  text += succeeded ? "succeeded\",\"result\":" : "failed\",\"problem\":";
  text += outcome.body().empty() ? "null" : outcome.body();
  return text + '}';
}

messaging::OutgoingMessage answer(const std::string& queue, messaging::Message message) {
  return {
      .to = {"", queue}, .message = std::move(message), .mandatory = false, .persistent = false};
}

void count(messaging::Publish result) {
  static metrics::Counter& sent =
      metrics::counter("answers_total", "Answers to commands.", {{"result", "sent"}});
  static metrics::Counter& lost =
      metrics::counter("answers_total", "Answers to commands.", {{"result", "lost"}});
  (result == messaging::Publish::confirmed ? sent : lost).add();
}

}  // namespace

common::v1::Outcome render(const Outcome& outcome, const Id& command_id, const Cause& cause) {
  common::v1::Outcome message;
  message.set_command_id(command_id.to_string());
  message.set_status(outcome.status);
  message.set_body(outcome.fault ? json::serialize(to_problem(*outcome.fault, cause.instance,
                                                              cause.trace.correlation_id))
                                 : outcome.body);
  if (outcome.location) message.set_location(*outcome.location);
  if (outcome.version) message.set_version(*outcome.version);
  return message;
}

std::string ReplyTo::to_text() const {
  if (!is_single()) return queue;
  json::object entry{{"queue", queue}, {"correlation_id", correlation_id}};
  if (!json) entry["json"] = false;
  if (!context.empty()) entry["context"] = context;
  return json::serialize(entry);
}

ReplyTo ReplyTo::from_text(std::string_view text) {
  if (!text.starts_with('{')) return {std::string{text}, false, {}};
  const json::object entry = json::parse(json::string_view{text.data(), text.size()}).as_object();
  ReplyTo to{std::string{entry.at("queue").as_string()},
             !entry.contains("json"),
             std::string{entry.at("correlation_id").as_string()},
             {}};
  if (const auto* context = entry.if_contains("context"))
    to.context = std::string{context->as_string()};
  return to;
}

void Answers::add(const ReplyTo& to, const common::v1::Outcome& outcome) {
  if (!to.is_single()) {
    common::v1::Outcomes& together = by_queue_[to.queue];
    *together.add_outcomes() = outcome;
    if (planted(Bug::wrong_correlation)) {
      together.mutable_outcomes()->rbegin()->set_command_id(together.outcomes(0).command_id());
    }
    return;
  }
  messaging::Message message;
  message.type = outcome.GetDescriptor()->full_name();
  message.correlation_id = to.correlation_id;
  if (!to.context.empty()) message.headers.emplace(messaging::kReplyContextHeader, to.context);
  if (to.json) message.content_type = messaging::kJson;
  message.body = to.json ? to_json(outcome) : outcome.SerializeAsString();
  single_.push_back(answer(to.queue, std::move(message)));
}

void Answers::add_all(std::string_view waiting, const common::v1::Outcome& outcome) {
  const json::value list = json::parse(json::string_view{waiting.data(), waiting.size()});
  for (const json::value& entry : list.as_array()) {
    const json::string& text = entry.as_string();
    add(ReplyTo::from_text({text.data(), text.size()}), outcome);
  }
}

common::v1::Outcomes Answers::take(const std::string& queue) {
  const auto taken = by_queue_.extract(queue);
  return taken ? taken.mapped() : common::v1::Outcomes{};
}

void Answers::send(messaging::Publisher& publisher) {
  for (const auto& [queue, outcomes] : by_queue_) {
    messaging::Message message;
    message.type = common::v1::Outcomes::descriptor()->full_name();
    message.body = outcomes.SerializeAsString();
    publisher.publish(answer(queue, std::move(message)), count);
  }
  for (messaging::OutgoingMessage& message : single_) publisher.publish(std::move(message), count);
}

}  // namespace waybill::outbox
