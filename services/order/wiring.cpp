#include "services/order/wiring.hpp"

#include "services/order/commands/commands.hpp"
#include "services/order/commands/parked_orders.hpp"
#include "services/order/projections/users.hpp"
#include "services/order/queries/queries.hpp"
#include "services/order/timers/unpaid.hpp"

namespace waybill::order {
namespace {

constexpr std::size_t timer_batch = 200;
constexpr milliseconds parked_interval{100};
constexpr milliseconds watch_interval{5'000};

}  // namespace

void OrderService::Settings::declare(config::Settings& settings) {
  settings.add("order.unpaid-timeout", unpaid_timeout,
               "how long a confirmed order waits for its payment; 0 = for ever");
  settings.add(
      "order.address-wait", address_wait,
      "how long an unknown delivery address is waited for before identity is asked for it");
  settings.add("order.identity", identity, "host:port of the identity service's read API");
  settings.add("order.report", report,
               "host:port of the report service's read API, which knows offsets for timelines");
  settings.add("order.expiry-interval", expiry_interval, "how often unpaid orders are looked for");
}

OrderService::OrderService(runtime::Runtime& runtime, const Settings& settings)
    : handlers_{commands::make_handlers(settings.address_wait, settings.unpaid_timeout)},
      topic_places_{runtime.io(), settings.report},
      queries_{queries::make_queries([this](const Id& id) { return topic_places_.find(id); })},
      users_{projections::users(), runtime.database(), runtime.kafka()},
      address_book_{runtime.io(), settings.identity},
      backend_{runtime, handlers_, queries_},
      expiry_{"order.expiry", settings.expiry_interval, runtime.database(),
              [this](pg::Connection& connection) { return expire(connection); }},
      parked_{"order.parked", parked_interval, runtime.database(),
              [this](pg::Connection& connection) { return place_parked(connection); }},
      watch_{"order.saga-watch", watch_interval, runtime.database(),
             [this](pg::Connection& connection) { return sagas_.look(connection); }} {
  runtime.health().add_note("projection " + users_.name(), [this] { return users_.problem(); });
}

void OrderService::start() {
  users_.start();
  backend_.start();
  expiry_.start();
  parked_.start();
  watch_.start();
}

void OrderService::stop() {
  watch_.stop();
  parked_.stop();
  expiry_.stop();
  backend_.stop();
  users_.stop();
}

bool OrderService::expire(pg::Connection& connection) {
  std::size_t taken = 0;
  backend_.transact(connection, [&taken](pg::Tx& tx, outbox::Writer& out) {
    taken = timers::expire_unpaid(tx, out, now(), timer_batch);
  });
  return taken == timer_batch;
}

bool OrderService::place_parked(pg::Connection& connection) {
  const commands::Verdicts verdicts = commands::ask_for_overdue(
      connection, now(), timer_batch,
      [this](const Id& user, const Id& address) { return address_book_.find(user, address); });
  std::size_t taken = 0;
  backend_.transact(connection, [&](pg::Tx& tx, outbox::Writer& out) {
    taken = commands::place_parked(tx, out, now(), timer_batch, verdicts);
  });
  return taken == timer_batch;
}

}  // namespace waybill::order
