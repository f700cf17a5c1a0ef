// Updates get into the queue, whichever way they come: by polling, which one process at a time
// does, or by the webhook, which all of them serve.
#pragma once

#include <atomic>

#include "libs/web/http.hpp"
#include "libs/web/route_meter.hpp"
#include "services/bot/engine/queues.hpp"
#include "services/bot/state/memory.hpp"
#include "services/bot/telegram/api.hpp"

namespace waybill::bot {

// What the bot wants to be told.
const boost::json::array& update_kinds();

// Follows getUpdates while it holds the lease; the offset moves when the broker has the updates.
class Poller {
 public:
  Poller(boost::asio::io_context& io, Memory& memory, Exchange& exchange, telegram::Api& api)
      : io_{io}, memory_{memory}, exchange_{exchange}, api_{api} {}
  void start();
  // The present poll may go on for its time; nothing is queued any more.
  void stop() { stopping_ = true; }
  bool is_polling() const { return polling_; }

 private:
  awaitable<void> run();
  awaitable<void> keep_lease();
  // One poll and what came of it; false: something is away.
  awaitable<bool> poll_once();
  awaitable<bool> queue(boost::json::array updates);

  boost::asio::io_context& io_;
  Memory& memory_;
  Exchange& exchange_;
  telegram::Api& api_;
  std::int64_t offset_ = 0;
  bool webhook_removed_ = false;
  std::atomic<bool> polling_{false};
  std::atomic<bool> stopping_{false};
};

// POST /v1/telegram/webhook, as the gateway passes it on. 401 for a wrong secret, 503 while the
// broker is away: Telegram sends it again.
class Webhook final : public web::Handler {
 public:
  Webhook(const config::Secret& secret, Exchange& exchange)
      : secret_{secret}, exchange_{exchange} {}
  web::awaitable<web::Response> handle(web::Request& request) override;

 private:
  web::awaitable<web::Response> take(web::Request& request);

  const config::Secret secret_;
  Exchange& exchange_;
  web::RouteMeters meters_;
};

}  // namespace waybill::bot
