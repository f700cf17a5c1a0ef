// waybill projections list|status|lag|rebuild|diff|switch|rollback|retry|drop
#include <cstdio>

#include <CLI/CLI.hpp>

#include "tools/waybill/connection.hpp"
#include "tools/waybill/events/selection.hpp"
#include "tools/waybill/interrupt.hpp"
#include "tools/waybill/progress.hpp"
#include "tools/waybill/projections/catalogue.hpp"
#include "tools/waybill/projections/report.hpp"
#include "tools/waybill/replay/state.hpp"
#include "tools/waybill/servers.hpp"
#include "tools/waybill/verbs/verbs.hpp"

namespace waybill::tool {
namespace {

namespace json = boost::json;
using projection::Definition;
using projection::Shadow;

constexpr const char* kExamples = R"(
Examples:
  waybill projections status                        lag and what is parked, of all
  waybill projections rebuild report.orders         beside the live tables; resumes
  waybill projections diff report.orders            row by row, at the very same offsets
  waybill projections switch report.orders --why "units were doubled" --max-differences 120
  waybill projections rollback report.orders --why "worse than before"
  waybill projections retry report.orders           parked events, with the code of this program

Exit codes: 0 done, or no difference; 1 there are differences, or it went wrong; 2 usage.)";

struct Flags {
  KafkaFlags kafka;
  std::string name;
  std::string until;
  std::string why;
  std::size_t workers = 1;
  std::int64_t named = 20;
  std::int64_t most = 0;
  std::int64_t patience_s = 30;
  bool json = false;
  bool quiet = false;

  milliseconds patience() const { return seconds{patience_s}; }
};

pg::Options database_of_projection(const Definition& definition) {
  pg::Options options;
  options.url = database_of(databases_to_write(), definition.service);
  options.application_name = "waybill.projections";
  return options;
}

std::unique_ptr<messaging::KafkaBroker> connect(const Flags& flags) {
  return messaging::make_kafka({.brokers = flags.kafka.brokers});
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
}

std::vector<const Definition*> chosen_ones(const Flags& flags) {
  std::vector<const Definition*> chosen;
  if (!flags.name.empty()) return {&projections::find(flags.name)};
  for (const Definition& definition : projections::catalogue()) chosen.push_back(&definition);
  return chosen;
}

int list(const Flags&) {
  for (const Definition& definition : projections::catalogue()) {
    print(fmt::format("{:<18} of {:<24} in {}\n", definition.name,
                      fmt::format("{}", fmt::join(definition.topics, ", ")),
                      fmt::join(definition.tables, ", ")));
  }
  return 0;
}

projections::Status status_of(const Definition& definition, messaging::KafkaBroker& kafka) {
  projections::Status status{definition.name, {}, {}, {}};
  try {
    pg::Connection connection{database_of_projection(definition)};
    status.standings = projection::standings(connection, kafka, definition);
    status.parked = projection::list_parked(connection, definition.name);
  } catch (const pg::Error& error) {
    status.failure = error.what();
  }
  return status;
}

int show_status(const Flags& flags, bool partitions) {
  const auto kafka = connect(flags);
  std::vector<projections::Status> all;
  for (const Definition* definition : chosen_ones(flags)) {
    all.push_back(status_of(*definition, *kafka));
  }
  if (flags.json) {
    json::array array;
    for (const auto& status : all) array.push_back(projections::to_json(status));
    print(json::serialize(array) + '\n');
  } else {
    print(projections::to_table(all, partitions) + projections::parked_in_words(all));
  }
  const bool well = std::all_of(all.begin(), all.end(), [](const projections::Status& status) {
    return status.failure.empty() && status.parked.empty();
  });
  return well ? 0 : 1;
}

// Offsets that --until stands for: of every partition, or those behind a time.
projection::Places places_until(const Flags& flags, const Definition& definition,
                                messaging::KafkaBroker& kafka) {
  projection::Places places;
  if (flags.until.empty()) return places;
  const auto position = events::parse_position(flags.until, now());
  using Kind = events::Position::Kind;
  if (!position || (position->kind != Kind::offset && position->kind != Kind::time)) {
    throw UsageError{"--until '" + flags.until + "' is no offset and no time"};
  }
  for (const std::string& topic : definition.topics) {
    if (position->kind == Kind::time) {
      for (const auto& place : kafka.offsets_at(topic, position->at)) {
        if (place.offset >= 0) places[{topic, place.partition}] = place.offset;
      }
      continue;
    }
    for (const auto& info : kafka.partitions(topic)) {
      places[{topic, info.partition}] = position->offset;
    }
  }
  return places;
}

int rebuild(const Flags& flags) {
  const Definition& definition = projections::find(flags.name);
  const auto kafka = connect(flags);
  Shadow shadow{definition, database_of_projection(definition), *kafka};
  shadow.begin();
  std::unique_ptr<Progress> progress;
  std::int64_t shown = 0;
  projection::RebuildProgress last;
  const auto start = std::chrono::steady_clock::now();
  const std::int64_t done = shadow.catch_up(
      places_until(flags, definition, *kafka), flags.workers, interrupted(),
      [&](const projection::RebuildProgress& now_at) {
        if (!progress) {
          progress = std::make_unique<Progress>("events", now_at.total, flags.quiet);
        }
        for (; shown < now_at.done; ++shown) progress->step(0);
        last = now_at;
      });
  progress.reset();
  const double took =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  print(fmt::format("{} of {} events in {:.1f} s ({:.0f}/s), {} parked\n", done, last.total, took,
                    static_cast<double>(done) / std::max(took, 0.001), last.parked));
  return done == last.total ? 0 : 1;
}

void print_comparison(const Flags& flags, const projection::Comparison& comparison) {
  print(flags.json ? json::serialize(projections::to_json(comparison)) + '\n'
                   : projections::in_words(comparison));
}

int diff(const Flags& flags) {
  const Definition& definition = projections::find(flags.name);
  const auto kafka = connect(flags);
  Shadow shadow{definition, database_of_projection(definition), *kafka};
  const auto comparison = shadow.compare(flags.named, flags.patience());
  print_comparison(flags, comparison);
  return comparison.count() == 0 ? 0 : 1;
}

int switch_over(const Flags& flags) {
  const Definition& definition = projections::find(flags.name);
  const auto kafka = connect(flags);
  Shadow shadow{definition, database_of_projection(definition), *kafka};
  const auto [comparison, switched] = shadow.switch_over(flags.most, flags.named, flags.patience());
  print_comparison(flags, comparison);
  replay::write_audit_line(
      flags.why, {{"verb", "projections switch"}, {"projection", flags.name}},
      json::object{{"switched", switched}, {"differences", comparison.count()}});
  if (!switched) {
    print(fmt::format("Not switched: {} differences are more than --max-differences {}\n",
                      comparison.count(), flags.most));
  }
  return switched ? 0 : 1;
}

int roll_back(const Flags& flags) {
  const Definition& definition = projections::find(flags.name);
  const auto kafka = connect(flags);
  Shadow{definition, database_of_projection(definition), *kafka}.roll_back();
  replay::write_audit_line(flags.why,
                           {{"verb", "projections rollback"}, {"projection", flags.name}}, "done");
  return 0;
}

int drop(const Flags& flags) {
  const Definition& definition = projections::find(flags.name);
  const auto kafka = connect(flags);
  Shadow{definition, database_of_projection(definition), *kafka}.drop();
  return 0;
}

int retry(const Flags& flags) {
  const Definition& definition = projections::find(flags.name);
  pg::Connection connection{database_of_projection(definition)};
  const projection::Retried result = projection::retry_parked(connection, definition);
  print(fmt::format("{} applied, {} still parked\n", result.applied, result.left));
  return result.left == 0 ? 0 : 1;
}

// Each verb has flags of its own: CLI11 reads the environment into those of the verb that was not
// called, too.
CLI::App* add_verb(CLI::App& parent, const std::string& name, const std::string& purpose,
                   Action& chosen, const std::shared_ptr<Flags>& flags, int (*run)(const Flags&)) {
  CLI::App* verb = parent.add_subcommand(name, purpose);
  flags->kafka.add_to(*verb);
  verb->callback([flags, run, &chosen] {
    chosen = [flags, run] {
      try {
        return run(*flags);
      } catch (const projection::ShadowError& error) {
        std::fprintf(stderr, "waybill: %s\n", error.what());
        return 1;
      }
    };
  });
  return verb;
}

void add_name(CLI::App& verb, Flags& flags) {
  verb.add_option("name", flags.name, "projection")->required();
}

void add_comparing(CLI::App& verb, Flags& flags) {
  add_name(verb, flags);
  verb.add_option("--limit", flags.named, "differences named per table")->capture_default_str();
  verb.add_option("--patience", flags.patience_s, "seconds to wait for the live projection")
      ->capture_default_str();
  verb.add_flag("--json", flags.json, "one JSON object");
}

void add_why(CLI::App& verb, Flags& flags) {
  verb.add_option("--why", flags.why, "the reason, for the audit line")->required();
}

void add_reading(CLI::App& verb, Action& chosen) {
  add_verb(verb, "list", "names, topics and tables", chosen, std::make_shared<Flags>(), list);
  const auto all = std::make_shared<Flags>();
  CLI::App* status =
      add_verb(verb, "status", "lag, and what is parked; 1 when one is incomplete", chosen, all,
               [](const Flags& flags) { return show_status(flags, false); });
  status->add_option("name", all->name, "this one only");
  status->add_flag("--json", all->json, "one JSON array");
  const auto each = std::make_shared<Flags>();
  CLI::App* lag = add_verb(verb, "lag", "the same, partition by partition", chosen, each,
                           [](const Flags& flags) { return show_status(flags, true); });
  lag->add_option("name", each->name, "this one only");
  lag->add_flag("--json", each->json, "one JSON array");
}

}  // namespace

void add_projections(CLI::App& program, Action& chosen) {
  CLI::App* verb =
      program.add_subcommand("projections", "rows that follow topics: status, rebuild");
  verb->require_subcommand(1);
  verb->footer(kExamples);
  add_reading(*verb, chosen);
  const auto making = std::make_shared<Flags>();
  CLI::App* make = add_verb(*verb, "rebuild", "builds it anew beside the live tables; resumes",
                            chosen, making, rebuild);
  add_name(*make, *making);
  make->add_option("--until", making->until, "OFFSET | TIME, exclusive (default: the end)");
  make->add_option("--workers", making->workers, "threads, which share the partitions")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  make->add_flag("--quiet", making->quiet, "no progress on standard error");
  const auto comparing = std::make_shared<Flags>();
  add_comparing(*add_verb(*verb, "diff", "the rebuild against the live tables, row by row", chosen,
                          comparing, diff),
                *comparing);
  const auto switching = std::make_shared<Flags>();
  CLI::App* change = add_verb(*verb, "switch", "puts the rebuild in the place of the live tables",
                              chosen, switching, switch_over);
  add_comparing(*change, *switching);
  add_why(*change, *switching);
  change->add_option("--max-differences", switching->most, "refused above that")
      ->capture_default_str();
  const auto back = std::make_shared<Flags>();
  CLI::App* undo =
      add_verb(*verb, "rollback", "takes the last switch back", chosen, back, roll_back);
  add_name(*undo, *back);
  add_why(*undo, *back);
  const auto again = std::make_shared<Flags>();
  add_name(*add_verb(*verb, "retry", "tries parked events again", chosen, again, retry), *again);
  const auto gone = std::make_shared<Flags>();
  add_name(*add_verb(*verb, "drop", "forgets the rebuild", chosen, gone, drop), *gone);
}

}  // namespace waybill::tool
