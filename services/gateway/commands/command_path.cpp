#include "services/gateway/commands/command_path.hpp"

#include <boost/asio/post.hpp>

#include "libs/trace/trace.hpp"
#include "services/gateway/commands/identity.hpp"
#include "services/gateway/commands/operation_id.hpp"
#include "services/gateway/commands/prefer.hpp"
#include "services/gateway/edge/conditions.hpp"

namespace waybill::gateway {
namespace {

// Time for the broker to confirm. Longer than a hiccup, shorter than a client's patience.
constexpr std::chrono::milliseconds kConfirmTime{5'000};

// What is left for the broker to take a command: beyond it nobody waits, and it is not sent.
std::chrono::milliseconds time_to_publish(std::chrono::steady_clock::time_point deadline) {
  const auto now = std::chrono::steady_clock::now();
  if (deadline >= now + kConfirmTime) return kConfirmTime;
  return std::chrono::duration_cast<std::chrono::milliseconds>(deadline - now);
}

// On the clock that other processes share.
std::int64_t deadline_micros(std::chrono::steady_clock::time_point deadline) {
  const auto left = deadline - std::chrono::steady_clock::now();
  return to_unix_micros(now() + std::chrono::duration_cast<std::chrono::microseconds>(left));
}

Fault idempotency_mismatch() {
  return unprocessable("idempotency-mismatch",
                       "This Idempotency-Key was used for another request, which is under way.");
}

// Why there is nothing to wait for. `keyed`: the client can repeat it safely.
Fault not_published(std::optional<messaging::Publish> result, bool keyed) {
  if (result == messaging::Publish::nacked || result == messaging::Publish::unroutable) {
    return unavailable("The command can't be taken at the moment; nothing was accepted.");
  }
  return unavailable(keyed ? "It is not known whether the command was accepted; a retry with the "
                             "same Idempotency-Key is safe."
                           : "It is not known whether the command was accepted. Look before you "
                             "retry, and send an Idempotency-Key: then a retry is always safe.");
}

web::Response outcome_response(const std::shared_ptr<const common::v1::Outcome>& outcome) {
  web::Response response;
  response.status = outcome->status();
  if (!outcome->body().empty()) {
    response.headers.add("Content-Type",
                         outcome->status() < 400 ? "application/json" : "application/problem+json");
    response.shared_body = std::shared_ptr<const std::string>{outcome, &outcome->body()};
  }
  if (outcome->has_location()) response.headers.add("Location", outcome->location());
  if (outcome->has_version()) response.headers.add("ETag", etag_of(outcome->version()));
  if (response.status == 503) response.headers.add("Retry-After", "1");
  return response;
}

// Of a lenient contract: nobody who did not ask for it gets a 202.
Fault late_outcome(bool keyed) {
  return unavailable(keyed ? "The outcome is late; a retry with the same Idempotency-Key gets it."
                           : "The outcome is late: it may have been done. Look before you retry.");
}

web::Response accepted_response(const OperationId& operation) {
  const std::string id = operation.to_string();
  auto response = web::json_response(202, {{"id", id},
                                           {"status", "pending"},
                                           {"created_at", to_rfc3339(operation.created_at)},
                                           {"finished_at", nullptr}});
  response.headers.add("Location", "/v1/operations/" + id);
  response.headers.add("Retry-After", "1");
  return response;
}

// Leaves the flight however the coroutine ends.
class Seat {
 public:
  Seat(Pending& pending, const Id& command, std::shared_ptr<Flight> flight, bool keyed)
      : pending_{pending}, command_{command}, flight_{std::move(flight)}, keyed_{keyed} {}
  ~Seat() { pending_.leave(command_, flight_, keyed_); }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

 private:
  Pending& pending_;
  const Id command_;
  const std::shared_ptr<Flight> flight_;
  const bool keyed_;
};

}  // namespace

struct CommandPath::Command {
  Id id;
  bool keyed = false;
  std::string caller;  // caller_key()
  std::string fingerprint;
  std::string bytes;
  Preference preference;
  Instant created_at;
};

CommandPath::CommandPath(boost::asio::io_context& io, messaging::Publisher& publisher,
                         Pending& pending, std::string reply_queue, std::chrono::milliseconds wait)
    : io_{io},
      publisher_{publisher},
      pending_{pending},
      reply_queue_{std::move(reply_queue)},
      wait_{wait} {}

web::awaitable<web::Response> CommandPath::answer(Call call, const boost::json::value* body) {
  const auto command = prepare(call, body);
  if (!command) co_return web::problem_response(command.error(), call.request);

  const auto entry = pending_.join(command->id, command->fingerprint, command->keyed);
  if (!entry.flight) co_return web::problem_response(idempotency_mismatch(), call.request);
  const Seat seat{pending_, command->id, entry.flight, command->keyed};

  if (entry.is_new) {
    const bool too_late = time_to_publish(call.request.deadline).count() <= 0;
    if (too_late || !publisher_.is_connected()) {
      pending_.published(command->id, entry.flight, messaging::Publish::nacked);
    } else {
      publish(call, *command, entry.flight);
    }
  }
  web::Response response = co_await await_outcome(call, *command, entry.flight);
  if (!command->preference.applied.empty()) {
    response.headers.add("Preference-Applied", command->preference.applied);
  }
  if (call.request.method == "GET") response.headers.add("Cache-Control", "no-store");
  co_return response;
}

Result<CommandPath::Command> CommandPath::prepare(const Call& call,
                                                  const boost::json::value* body) const {
  const web::Request& request = call.request;
  std::optional<std::int64_t> version;
  if (call.operation.if_match) version = expected_version(request.headers.get("If-Match"));
  web::PathParams params = call.params;
  if (call.operation.lenient)
    params.insert(params.end(), request.query.begin(), request.query.end());
  auto bytes = call.contract.to_command(call.operation, params, body, version);
  if (!bytes) return bytes.error();

  const std::string_view key = request.headers.get("Idempotency-Key");
  Command command;
  command.keyed = !key.empty();
  command.caller = caller_key(call.caller, request);
  command.id = command_id(command.caller, key);
  command.fingerprint = fingerprint(request);
  command.bytes = std::move(*bytes);
  command.preference = read_preference(request.headers, wait_);
  command.created_at = now();
  return command;
}

void CommandPath::publish(const Call& call, const Command& command,
                          std::shared_ptr<Flight> flight) {
  messaging::OutgoingMessage out;
  out.to = {std::string{messaging::kCommandExchange}, call.operation.command->queue};
  messaging::Message& message = out.message;
  message.type = call.operation.command->type;
  message.message_id = command.id.to_string();
  message.correlation_id = call.request.trace.correlation_id;
  message.reply_to = reply_queue_;
  message.sent_at = command.created_at;
  message.headers["caller"] = to_header(call.caller);
  message.headers["fingerprint"] = command.fingerprint;
  message.headers["instance"] = call.request.path;
  message.headers["sent_at_us"] = std::to_string(to_unix_micros(command.created_at));
  message.headers["deadline_us"] = std::to_string(deadline_micros(call.request.deadline));
  message.headers["traceparent"] = trace::onward(call.request.trace.traceparent);
  message.body = command.bytes;

  const auto told = [this, id = command.id, flight](messaging::Publish result) {
    boost::asio::post(io_, [this, id, flight, result] { pending_.published(id, flight, result); });
  };
  publisher_.publish(std::move(out), told, time_to_publish(call.request.deadline));
}

web::awaitable<web::Response> CommandPath::await_outcome(const Call& call, const Command& command,
                                                         std::shared_ptr<Flight> flight) {
  const auto start = std::chrono::steady_clock::now();
  if (command.preference.wait.count() > 0) co_await flight->done.wait_for(command.preference.wait);
  if (!flight->outcome && !flight->publish) {
    // 202 promises that the command is stored: that takes the broker's word.
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start);
    const auto left = std::max(kConfirmTime - waited, std::chrono::milliseconds{1});
    co_await flight->published.wait_for(left);
  }
  if (flight->outcome) co_return outcome_response(flight->outcome);
  if (flight->publish != messaging::Publish::confirmed) {
    co_return web::problem_response(not_published(flight->publish, command.keyed), call.request);
  }
  if (call.operation.lenient && command.preference.applied != "respond-async") {
    co_return web::problem_response(late_outcome(command.keyed), call.request);
  }
  const OperationId operation{call.operation.command->queue, command.id, command.created_at,
                              caller_mark(command.caller)};
  co_return accepted_response(operation);
}

}  // namespace waybill::gateway
