#include "services/report/wiring.hpp"

#include <map>

#include "services/report/commands/commands.hpp"
#include "services/report/events/report_events.hpp"
#include "services/report/projections/projections.hpp"
#include "services/report/queries/queries.hpp"
#include "services/report/store/reports.hpp"
#include "services/report/store/requests.hpp"

namespace waybill::report {

void ReportService::Settings::declare(config::Settings& settings) {
  settings.add("report.cron", cron,
               "when the day before is reported: minute, hour, day of month, month, day of week");
  settings.add("report.time-zone", zone,
               "IANA time zone whose midnights are the borders of days and whose clock is the "
               "schedule's");
  settings.add("shop.currency", currency, "currency of days when nothing was sold (ISO 4217)");
  settings.add("report.interval", interval, "how often due reports are looked for");
}

runs::Calendar ReportService::Settings::calendar() const {
  const auto parsed = domain::Cron::parse(cron);
  if (!parsed) throw config::SettingsError{"report.cron: " + parsed.error().detail};
  const auto found = Zone::find(zone);
  if (!found) throw config::SettingsError{"report.time-zone '" + zone + "' is no time zone"};
  return {cron, *parsed, *found};
}

ReportService::ReportService(runtime::Runtime& runtime, const Settings& settings)
    : runtime_{runtime},
      calendar_{settings.calendar()},
      handlers_{commands::make_handlers(calendar_.zone)},
      queries_{queries::make_queries({calendar_.zone, settings.currency})},
      orders_{projections::orders(), runtime.database(), runtime.kafka()},
      steps_{projections::steps(), runtime.database(), runtime.kafka()},
      products_{projections::products(), runtime.database(), runtime.kafka()},
      users_{projections::users(), runtime.database(), runtime.kafka()},
      files_{projections::files(), runtime.database(), runtime.kafka()},
      adverts_{projections::adverts(), runtime.database(), runtime.kafka()},
      backend_{runtime, handlers_, queries_},
      runs_{"report.runs", settings.interval, runtime.database(),
            [this](pg::Connection& connection) { return run(connection); }} {
  for (const projection::Projection* each :
       {&orders_, &steps_, &products_, &users_, &files_, &adverts_}) {
    runtime.health().add_note("projection " + each->name(), [each] { return each->problem(); });
  }
}

void ReportService::start() {
  orders_.start();
  steps_.start();
  products_.start();
  users_.start();
  files_.start();
  adverts_.start();
  backend_.start();
  runs_.start();
}

void ReportService::stop() {
  runs_.stop();
  backend_.stop();
  adverts_.stop();
  files_.stop();
  users_.stop();
  products_.stop();
  steps_.stop();
  orders_.stop();
}

bool ReportService::run(pg::Connection& connection) {
  declare_notices();
  bool more = false;
  backend_.transact(connection, [&](pg::Tx& tx, outbox::Writer&) {
    more = runs::plan_due(tx, calendar_, now());
  });
  backend_.transact(connection, [&](pg::Tx& tx, outbox::Writer&) {
    more = runs::plan_late(tx, calendar_, now()) || more;
  });
  pg::Session session{connection};
  const std::vector<Id> requests = store::find_requests(session);
  if (requests.empty() || !is_caught_up(connection)) return more;
  bool done = false;
  backend_.transact(connection, [&](pg::Tx& tx, outbox::Writer& out) {
    done = runs::run_one(tx, out, calendar_, requests, now());
  });
  return more || done;
}

// Whoever wants the notices may come later than the first of them.
void ReportService::declare_notices() {
  if (notices_declared_) return;
  runtime_.rabbit().declare_notices({events::notice_key, events::notice_key});
  notices_declared_ = true;
}

// A run is of all that the topic holds by now.
bool ReportService::is_caught_up(pg::Connection& connection) {
  const auto ends = runtime_.kafka().partitions(store::orders_topic);
  std::map<std::int32_t, std::int64_t> applied;
  pg::Session session{connection};
  for (const store::Place& place : store::find_places(session)) {
    applied[place.partition] = place.next;
  }
  return std::all_of(ends.begin(), ends.end(), [&](const messaging::PartitionInfo& info) {
    return applied[info.partition] >= info.end;
  });
}

}  // namespace waybill::report
