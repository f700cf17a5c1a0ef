#include "services/bot/engine/intake.hpp"

#include <openssl/crypto.h>

#include "libs/async/async.hpp"
#include "libs/core/backoff.hpp"
#include "libs/core/strict_json.hpp"
#include "libs/log/log.hpp"
#include "services/bot/domain/members.hpp"
#include "services/bot/domain/update.hpp"

namespace waybill::bot {
namespace {

namespace json = boost::json;

constexpr const char* poll_lease = "poll";
constexpr const char* webhook_path = "/v1/telegram/webhook";
constexpr milliseconds lease_time{10'000};
constexpr milliseconds lease_renewal{3'000};

// As long for every text of the secret's length (it is no secret how long it is).
bool is_same(std::string_view given, const config::Secret& secret) {
  const std::string& right = secret.reveal();
  return !right.empty() && given.size() == right.size() &&
         CRYPTO_memcmp(given.data(), right.data(), right.size()) == 0;
}

}  // namespace

const json::array& update_kinds() {
  static const json::array kinds{"message", "callback_query"};
  return kinds;
}

void Poller::start() {
  async::spawn(io_.get_executor(), run(), "bot.poll");
  async::spawn(io_.get_executor(), keep_lease(), "bot.lease");
}

awaitable<void> Poller::keep_lease() {
  while (!stopping_) {
    const bool ours = co_await memory_.lease(poll_lease, lease_time);
    if (ours != polling_) log::info("bot.polling", {{"here", ours}});
    if (!ours) webhook_removed_ = false;
    polling_ = ours;
    co_await async::pause(lease_renewal);
  }
  co_await memory_.release(poll_lease);
  polling_ = false;
}

awaitable<void> Poller::run() {
  Backoff backoff{milliseconds{200}, seconds{10}};
  while (!stopping_) {
    if (!polling_) {
      offset_ = 0;  // somebody else moves it
      co_await async::pause(milliseconds{200});
      continue;
    }
    if (co_await poll_once()) {
      backoff.reset();
    } else {
      co_await async::pause(backoff.next());
    }
  }
}

awaitable<bool> Poller::poll_once() {
  if (!webhook_removed_) {
    json::object none;
    const auto removed = co_await api_.call("deleteWebhook", std::move(none));
    if (!removed.ok()) co_return false;
    webhook_removed_ = true;
  }
  const auto reply = co_await api_.poll(offset_, update_kinds());
  if (!reply.ok()) {
    log::warn("bot.poll-failed", {{"status", reply.status}, {"description", reply.description}});
    if (reply.retry_after) co_await async::pause(*reply.retry_after);
    co_return false;
  }
  if (stopping_ || !reply.result.is_array()) co_return true;
  // Nothing is left below the offset. Telegram numbers anew after a week without updates, so an
  // old offset might one day confirm what nobody has seen.
  if (reply.result.get_array().empty()) offset_ = 0;
  co_return co_await queue(reply.result.get_array());
}

awaitable<bool> Poller::queue(json::array updates) {
  for (const json::value& update : updates) {
    const auto id = domain::update_id(update);
    if (!id) continue;
    TraceContext trace;
    trace.correlation_id = new_correlation_id();
    trace.traceparent = child_traceparent({});
    auto message = update_message(update, trace);
    if (!co_await exchange_.publish(std::move(message), "update")) co_return false;
    offset_ = *id + 1;
  }
  co_return true;
}

web::awaitable<web::Response> Webhook::handle(web::Request& request) {
  if (request.method != "POST" || request.path != webhook_path) {
    co_return web::problem_response(not_found(), request);
  }
  web::Visit visit{meters_.of(request.method, webhook_path)};
  auto response = co_await take(request);
  visit.answered(response.status);
  co_return response;
}

web::awaitable<web::Response> Webhook::take(web::Request& request) {
  if (!is_same(request.headers.get("X-Telegram-Bot-Api-Secret-Token"), secret_)) {
    const log::Scope scope{request.trace};
    log::warn("bot.webhook-forged", {{"client", request.headers.get("Waybill-Client-Address")}});
    const Fault fault{FaultKind::unauthenticated, "unauthenticated", "The secret is wrong.", {}};
    co_return web::problem_response(fault, request);
  }
  const auto update = parse_json(request.body);
  if (!update) co_return web::problem_response(update.error(), request);
  if (!domain::update_id(*update)) {
    co_return web::problem_response(invalid("This is no update."), request);
  }
  auto message = update_message(*update, request.trace);
  if (!co_await exchange_.publish(std::move(message), "update")) {
    co_return web::problem_response(unavailable("The update can't be taken now."), request);
  }
  const json::object done{{"status", "ok"}};
  co_return web::json_response(200, done);
}

}  // namespace waybill::bot
