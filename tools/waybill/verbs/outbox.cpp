// waybill outbox status|verify|republish
#include <cstdio>

#include <CLI/CLI.hpp>

#include "tools/waybill/connection.hpp"
#include "tools/waybill/events/selection.hpp"
#include "tools/waybill/operator.hpp"
#include "tools/waybill/outbox/republish.hpp"
#include "tools/waybill/outbox/status.hpp"
#include "tools/waybill/outbox/verify.hpp"
#include "tools/waybill/servers.hpp"
#include "tools/waybill/verbs/verbs.hpp"

namespace waybill::tool {
namespace {

constexpr const char* kExamples = R"(
Examples:
  waybill outbox status                                    what waits, since when, at which rate
  waybill outbox verify --service order --since 1d         is in the topic what was told?
  waybill outbox republish --service order --missing --dry-run
  waybill outbox republish --service order --missing --reason "Kafka lost a disk"
  waybill outbox republish --service order --key 0190… 
  waybill outbox republish --service order --id 4711 --id 4712 --rate 20
  waybill outbox republish --service order --since 2026-01-31T09:00:00Z --until 2026-01-31T10:00:00Z

Events are told again with all that came behind them for the same key, so that the topic's last word
stays the newest. Consumers drop what they have, so telling too much does no harm.
Exit codes: 0 all is well, 1 something is missing or was not told, 2 the command line is wrong.)";

struct OutboxFlags {
  KafkaFlags kafka;
  RabbitFlags rabbit;
  std::string service;
  std::string since, until;
  std::string reason;
  outbox::Selection selection;
  double rate = 200;
  bool missing = false;
  bool dry_run = false;
  bool json = false;
};

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
}

void tell(const std::string& line) {
  std::fputs(("outbox: " + line + "\n").c_str(), stderr);
}

std::optional<Instant> time_of(const std::string& text, const char* flag) {
  if (text.empty()) return std::nullopt;
  const auto position = events::parse_position(text, now());
  if (position && position->kind == events::Position::Kind::time) return position->at;
  throw UsageError{fmt::format(
      "{} '{}' is no time: 2026-01-31T09:30:00Z, a day, or how long ago (90s, 15m, 2h, 7d)", flag,
      text)};
}

std::map<std::string, std::string> databases_of(const OutboxFlags& flags) {
  auto databases = databases_to_read();
  if (flags.service.empty() && !databases.empty()) return databases;
  return {{flags.service, database_of(databases, flags.service)}};
}

int status(const OutboxFlags& flags) {
  std::vector<outbox::ChannelStatus> all;
  for (const auto& [service, url] : databases_of(flags)) {
    for (auto& channel : outbox::read_status(service, url)) all.push_back(std::move(channel));
  }
  print(flags.json ? outbox::to_json(all) : outbox::to_table(all));
  return 0;
}

audit::Report verify_all(const OutboxFlags& flags, messaging::KafkaBroker& kafka,
                         std::size_t kept) {
  audit::Report report{kept};
  report.began = now();
  for (const auto& [service, url] : databases_of(flags)) {
    outbox::verify(service, url, kafka, time_of(flags.since, "--since"), tell, report);
  }
  return report;
}

int verify(const OutboxFlags& flags) {
  const auto kafka = messaging::make_kafka({.brokers = flags.kafka.brokers});
  const audit::Report report = verify_all(flags, *kafka, 1'000);
  print(flags.json ? boost::json::serialize(report.to_json()) + "\n" : report.to_table());
  return report.clean() ? 0 : 1;
}

outbox::Selection selection_of(const OutboxFlags& flags, messaging::KafkaBroker& kafka) {
  outbox::Selection selection = flags.selection;
  if (flags.missing) {
    if (!selection.empty() || selection.channel != "event") {
      throw UsageError{"--missing finds events by itself: give no --id, --key, or command channel"};
    }
    const auto verified = verify_all(flags, kafka, 0);  // named: the loop would not keep it alive
    for (const audit::Finding& finding : verified.findings()) {
      if (finding.code == "event-missing") {
        selection.ids.push_back(finding.ids.at("outbox_id").as_int64());
      }
    }
    return selection;
  }
  selection.since = time_of(flags.since, "--since");
  selection.until = time_of(flags.until, "--until");
  if (selection.empty()) throw UsageError{"say what: --id, --key, --since, --until or --missing"};
  return selection;
}

int republish(const OutboxFlags& flags) {
  if (flags.rate <= 0) throw UsageError{"--rate must be more than 0"};
  const std::string url = database_of(databases_to_write(), flags.service);
  const auto kafka = messaging::make_kafka({.brokers = flags.kafka.brokers});
  const outbox::Selection selection = selection_of(flags, *kafka);
  if (flags.missing && selection.empty()) {
    print("nothing is missing\n");
    return 0;
  }
  std::unique_ptr<messaging::RabbitBroker> rabbit;
  std::unique_ptr<waybill::outbox::Sink> sink;
  if (!flags.dry_run) {
    note_act(url, "republish",
             fmt::format("{} rows, key '{}', since '{}', until '{}'", selection.ids.size(),
                         selection.key, flags.since, flags.until),
             flags.reason);
    if (selection.channel == "event") {
      sink = waybill::outbox::make_event_sink(*kafka, "waybill.republish");
    } else {
      rabbit = flags.rabbit.connect();
      sink = waybill::outbox::make_command_sink(*rabbit, "waybill.republish");
    }
  }
  const auto done = outbox::republish(url, selection, sink.get(), flags.rate);
  print(fmt::format("{} rows of {} keys were chosen; {} {}, with what came behind them\n",
                    done.chosen, done.keys, done.told, sink ? "were told again" : "would be told"));
  return done.chosen > 0 ? 0 : 1;
}

using Work = int (*)(const OutboxFlags&);

CLI::App* add_work(CLI::App& outbox, const std::string& name, const std::string& purpose, Work work,
                   const std::shared_ptr<OutboxFlags>& flags, Action& chosen) {
  CLI::App* verb = outbox.add_subcommand(name, purpose);
  verb->footer(kExamples);
  verb->callback([flags, work, &chosen] { chosen = [flags, work] { return work(*flags); }; });
  return verb;
}

}  // namespace

void add_outbox(CLI::App& program, Action& chosen) {
  CLI::App* outbox = program.add_subcommand("outbox", "looks after what services have to tell");
  outbox->require_subcommand(1);
  outbox->footer(kExamples);
  const auto looked = std::make_shared<OutboxFlags>();
  CLI::App* verb = add_work(*outbox, "status", "what waits, since when", status, looked, chosen);
  verb->add_option("--service", looked->service, "of this service only");
  verb->add_flag("--json", looked->json, "for machines");

  const auto verified = std::make_shared<OutboxFlags>();
  verb = add_work(*outbox, "verify", "compares what was told with the topics", verify, verified,
                  chosen);
  verb->add_option("--service", verified->service, "of this service only");
  verb->add_option("--since", verified->since, "what was told since then (all that is kept)");
  verb->add_flag("--json", verified->json, "for machines");
  verified->kafka.add_to(*verb);

  const auto told = std::make_shared<OutboxFlags>();
  verb = add_work(*outbox, "republish", "tells again what was told", republish, told, chosen);
  verb->add_option("--service", told->service, "whose")->required();
  verb->add_option("--channel", told->selection.channel, "event or command")
      ->check(CLI::IsMember({"event", "command"}))
      ->capture_default_str();
  verb->add_option("--id", told->selection.ids, "of outbox rows, as verify names them");
  verb->add_option("--key", told->selection.key, "of this aggregate (or command)");
  verb->add_flag("--missing", told->missing, "what verify misses");
  verb->add_option("--since", told->since, "told since then");
  verb->add_option("--until", told->until, "… and before");
  verb->add_option("--rate", told->rate, "rows per second")->capture_default_str();
  verb->add_option("--reason", told->reason, "why; kept in operator_act");
  verb->add_flag("--dry-run", told->dry_run, "only count");
  told->kafka.add_to(*verb);
  told->rabbit.add_to(*verb);
}

}  // namespace waybill::tool
