// waybill events topics|tail|show|count|replay
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

#include <CLI/CLI.hpp>

#include "libs/core/digest.hpp"
#include "tools/waybill/connection.hpp"
#include "tools/waybill/events/print.hpp"
#include "tools/waybill/events/reader.hpp"
#include "tools/waybill/interrupt.hpp"
#include "tools/waybill/progress.hpp"
#include "tools/waybill/projections/catalogue.hpp"
#include "tools/waybill/replay/run.hpp"
#include "tools/waybill/servers.hpp"
#include "tools/waybill/verbs/verbs.hpp"

namespace waybill::tool {
namespace {

namespace json = boost::json;
using events::Mode;
using events::Personal;
using replay::Plan;
using replay::Target;

constexpr const char* kExamples = R"(
Examples:
  waybill events topics                                      what there is
  waybill events tail                                        follow all topics until Ctrl-C
  waybill events show waybill.orders --limit 20              the first 20 orders' events
  waybill events show --type OrderRejected --from 1h         refused in the last hour
  waybill events show waybill.orders --key 0190… --json      the life of one order, for jq
  waybill events show waybill.orders --partition 3 --from 1200 --until 1300
  waybill events show --correlation 6f1c…                    everything that one request caused
  waybill events count waybill.orders --where "order.total_price > 100"
  waybill events replay waybill.orders --from 2026-01-30 --to-topic try.orders --why "load test"
  waybill events replay waybill.users --to-file users.ndjson --unmask "support case 4711"
  waybill events replay --from-file users.ndjson --to-projection order.users --why "restore"
  waybill events replay … --plan plan.json                   say what would be done, and keep it
  waybill events replay --run plan.json                      do exactly that

Order is kept per key (and partition), not between partitions. People's names, addresses and words
are masked unless --unmask says why they are needed. SIGUSR1 pauses a replay, SIGUSR2 lets it go on;
a replay that was killed goes on where it was when it is run again.)";

struct EventFlags {
  KafkaFlags kafka;
  std::vector<std::string> topics;
  std::vector<std::string> more_topics;
  std::int32_t partition = -1;
  std::string from;
  std::string until;
  std::string where;
  std::int64_t limit = -1;
  bool json = false;
  std::string unmask;
  events::Selection selection;

  Personal personal() const { return unmask.empty() ? Personal::masked : Personal::shown; }
};

struct ReplayFlags : EventFlags {
  std::string from_file;
  std::string to_topic, to_file, to_projection;
  bool to_stdout = false;
  std::string why;
  std::string plan_file, run_file, checkpoint;
  bool dry_run = false;
  bool quiet = false;
  std::int64_t rate = 0;
};

events::Position position(const std::string& text, const char* flag) {
  if (const auto parsed = events::parse_position(text, now())) return *parsed;
  throw UsageError{
      fmt::format("{} '{}' is no place: give beginning, end, an offset, a time like "
                  "2026-01-31T09:30:00Z, a day, or how long ago (90s, 15m, 2h, 7d)",
                  flag, text)};
}

events::Selection to_selection(const EventFlags& flags, Mode mode) {
  events::Selection selection = flags.selection;
  selection.topics = flags.topics;
  selection.topics.insert(selection.topics.end(), flags.more_topics.begin(),
                          flags.more_topics.end());
  if (selection.topics.empty()) selection.topics = events::known_topics();
  if (flags.partition >= 0) selection.partition = flags.partition;
  if (flags.limit >= 0) selection.limit = flags.limit;
  const std::string start = mode == Mode::tail ? "end" : "beginning";
  selection.from = position(flags.from.empty() ? start : flags.from, "--from");
  if (!flags.until.empty()) selection.until = position(flags.until, "--until");
  if (!flags.where.empty()) {
    const auto condition = events::Expression::parse(flags.where);
    if (!condition) throw UsageError{condition.error().detail};
    selection.where_text = flags.where;
    selection.where = *condition;
  }
  return selection;
}

std::unique_ptr<messaging::KafkaBroker> connect(const EventFlags& flags) {
  return messaging::make_kafka({.brokers = flags.kafka.brokers});
}

void print_line(const std::string& line) {
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);  // who tails through a pipe wants to see it now
}

void note_unmasking(const EventFlags& flags, const char* verb) {
  if (flags.unmask.empty()) return;
  replay::write_audit_line(flags.unmask, {{"verb", verb}, {"personal_data", "shown"}}, "begun");
}

int print_events(const EventFlags& flags, Mode mode) {
  const events::Selection selection = to_selection(flags, mode);
  note_unmasking(flags, mode == Mode::tail ? "events tail" : "events show");
  const auto kafka = connect(flags);
  if (!flags.json) print_line(events::table_header());
  const auto print = [&](const messaging::Event& event) {
    print_line(flags.json ? events::json_line(event, flags.personal())
                          : events::table_line(event, flags.personal()));
  };
  read_events(*kafka, selection, mode, interrupted(), print);
  return 0;
}

int count_events(const EventFlags& flags) {
  const events::Selection selection = to_selection(flags, Mode::show);
  const auto kafka = connect(flags);
  std::map<std::pair<std::string, std::string>, std::int64_t> counts;
  const std::int64_t all =
      read_events(*kafka, selection, Mode::show, interrupted(), [&](const messaging::Event& event) {
        ++counts[{event.topic, events::header(event, "ce_type")}];
      });
  if (!flags.json) {
    for (const auto& [what, count] : counts) {
      print_line(fmt::format("{:>10}  {:<18} {}", count, what.first, what.second));
    }
    print_line(fmt::format("{:>10}  all", all));
    return 0;
  }
  json::array types;
  for (const auto& [what, count] : counts) {
    types.push_back(json::object{{"topic", what.first}, {"type", what.second}, {"count", count}});
  }
  print_line(json::serialize(json::object{{"count", all}, {"types", std::move(types)}}));
  return 0;
}

int show_topics(const EventFlags& flags) {
  const auto kafka = connect(flags);
  const std::vector<std::string>& topics =
      flags.topics.empty() ? events::known_topics() : flags.topics;
  if (!flags.json) print_line(fmt::format("{:<20} {:>10} {:>12}", "TOPIC", "PARTITIONS", "EVENTS"));
  for (const std::string& topic : topics) {
    std::int64_t events = 0, forgotten = 0;
    const auto partitions = kafka->partitions(topic);
    for (const auto& info : partitions) {
      events += info.end - info.first;
      forgotten += info.first;
    }
    if (flags.json) {
      print_line(json::serialize(json::object{{"topic", topic},
                                              {"partitions", partitions.size()},
                                              {"events", events},
                                              {"forgotten", forgotten}}));
    } else {
      print_line(fmt::format("{:<20} {:>10} {:>12}", topic, partitions.size(), events));
    }
  }
  return 0;
}

// ---- replay

Target target_of(const ReplayFlags& flags) {
  std::vector<Target> targets;
  if (!flags.to_topic.empty()) targets.push_back({Target::Kind::topic, flags.to_topic});
  if (!flags.to_file.empty()) targets.push_back({Target::Kind::file, flags.to_file});
  if (flags.to_stdout) targets.push_back({Target::Kind::standard_output, ""});
  if (!flags.to_projection.empty()) {
    projections::find(flags.to_projection);
    targets.push_back({Target::Kind::projection, flags.to_projection});
  }
  if (targets.size() != 1) {
    throw UsageError{"one of --to-topic, --to-file, --to-stdout, --to-projection says where to"};
  }
  const bool changes =
      targets[0].kind == Target::Kind::topic || targets[0].kind == Target::Kind::projection;
  if (changes && flags.why.empty())
    throw UsageError{"--why is missing: it is kept with what was done"};
  return targets[0];
}

// The events of a file are counted as they are read: all that match.
void count_file(const events::Selection& selection, Plan& plan) {
  const std::string content = replay::read_file(plan.file);
  plan.file_digest = sha256_hex(content);
  plan.conditions = selection;
  int number = 0;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = std::min(content.find('\n', at), content.size());
    ++number;
    const auto event = replay::event_from_line(std::string_view{content}.substr(at, end - at));
    if (!event) {
      throw UsageError{
          fmt::format("{}, line {}: it can't be read, or was written masked "
                      "(write it with --unmask)",
                      plan.file, number)};
    }
    if (matches(selection, *event)) ++plan.matching;
    at = end + 1;
  }
}

Plan make_plan(const ReplayFlags& flags, messaging::KafkaBroker& kafka) {
  Plan plan;
  plan.target = target_of(flags);
  plan.why = flags.why;
  plan.unmask = flags.unmask;
  plan.made_at = now();
  plan.file = flags.from_file;
  const events::Selection selection = to_selection(flags, Mode::show);
  if (!plan.file.empty()) {
    count_file(selection, plan);
  } else {
    for (const std::string& topic : selection.topics) {
      if (topic == flags.to_topic) throw UsageError{"a topic can't be replayed into itself"};
    }
    replay::find_ranges(kafka, selection, plan, interrupted());
  }
  return plan;
}

Plan read_plan(const std::string& file) {
  const std::string text = replay::read_file(file);
  json::error_code failed;
  const json::value value = json::parse(text, failed);
  auto plan = failed ? std::nullopt : replay::plan_from_json(value);
  if (!plan) throw UsageError{file + ": is no plan, or was changed since it was made"};
  return *plan;
}

// The same command line finds its unfinished replay by this.
std::string own_checkpoint(const ReplayFlags& flags) {
  const std::string arguments =
      fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", flags.kafka.brokers,
                  fmt::join(flags.topics, ","), fmt::join(flags.more_topics, ","), flags.partition,
                  flags.from, flags.until, flags.where, flags.limit, flags.selection.key,
                  flags.selection.type, flags.selection.correlation, flags.from_file,
                  flags.to_topic, flags.to_file, flags.to_projection, flags.unmask);
  return fmt::format("{}/replay-{}.json", replay::state_folder(),
                     sha256_hex(arguments).substr(0, 16));
}

std::string checkpoint_of(const ReplayFlags& flags) {
  if (!flags.checkpoint.empty()) return flags.checkpoint;
  return flags.run_file.empty() ? own_checkpoint(flags) : flags.run_file + ".checkpoint";
}

Plan plan_of(const ReplayFlags& flags, messaging::KafkaBroker& kafka,
             const std::string& checkpoint) {
  if (!flags.run_file.empty()) return read_plan(flags.run_file);
  if (flags.plan_file.empty() && !flags.dry_run) {
    const auto before = replay::read_checkpoint(checkpoint);
    if (before && !before->finished) return before->plan;
  }
  return make_plan(flags, kafka);
}

std::unique_ptr<replay::Sink> sink_of(const Plan& plan, messaging::KafkaBroker& kafka) {
  switch (plan.target.kind) {
    case Target::Kind::topic:
      return replay::make_topic_sink(kafka, plan);
    case Target::Kind::file:
      return replay::make_file_sink(plan);
    case Target::Kind::standard_output:
      return replay::make_stdout_sink(plan);
    case Target::Kind::projection:
      break;
  }
  const projection::Definition& definition = projections::find(plan.target.name);
  pg::Options database;
  database.url = database_of(databases_to_write(), definition.service);
  return replay::make_projection_sink(definition, std::move(database));
}

replay::Outcome carry_out(const ReplayFlags& flags, const Plan& plan, messaging::KafkaBroker& kafka,
                          const std::string& checkpoint) {
  Progress progress{"events", plan.matching, flags.quiet};
  std::int64_t shown = 0;
  replay::RunOptions options;
  options.rate = flags.rate;
  options.checkpoint = checkpoint;
  options.stop = &interrupted();
  options.pause = &paused();
  options.tell = [&](std::int64_t done, std::int64_t) {
    for (; shown < done; ++shown) progress.step(0);
  };
  const auto sink = sink_of(plan, kafka);
  return replay::run(plan, kafka, *sink, options);
}

int replay_events(const ReplayFlags& flags) {
  const auto kafka = connect(flags);
  const std::string checkpoint = checkpoint_of(flags);
  const Plan plan = plan_of(flags, *kafka, checkpoint);
  if (flags.dry_run || !flags.plan_file.empty()) {
    std::fputs(in_words(plan).c_str(), stdout);
    if (flags.plan_file.empty()) return 0;
    std::ofstream out{flags.plan_file};
    out << json::serialize(to_json(plan)) << '\n';
    out.close();
    if (!out) throw UsageError{flags.plan_file + ": can't be written"};
    return 0;
  }
  const json::object what{{"verb", "events replay"}, {"plan", to_json(plan)}};
  const std::string why = plan.why.empty() ? plan.unmask : plan.why;
  try {
    const replay::Outcome outcome = carry_out(flags, plan, *kafka, checkpoint);
    replay::write_audit_line(
        why, what,
        json::object{
            {"written", outcome.written}, {"done", outcome.done}, {"finished", outcome.finished}});
    std::fprintf(stderr, "%s\n",
                 fmt::format("{} events written, {} of {} done{}", outcome.written, outcome.done,
                             plan.matching, outcome.finished ? "" : "; run it again to go on")
                     .c_str());
    return outcome.finished ? 0 : 1;
  } catch (const std::exception& error) {
    replay::write_audit_line(why, what, json::object{{"failed", error.what()}});
    throw;
  }
}

// ---- flags

void add_topics(CLI::App& verb, EventFlags& flags) {
  verb.add_option("topics", flags.topics, "topics; all when none is named");
  flags.kafka.add_to(verb);
}

void add_selection(CLI::App& verb, EventFlags& flags) {
  add_topics(verb, flags);
  verb.add_option("--topic", flags.more_topics, "the same as a flag, may be repeated");
  verb.add_option("--partition", flags.partition, "this partition only");
  verb.add_option("--from", flags.from,
                  "beginning | end | OFFSET | TIME (tail: end, else: beginning)");
  verb.add_option("--until", flags.until, "OFFSET | TIME, exclusive");
  verb.add_option("--key", flags.selection.key, "events of this aggregate id");
  verb.add_option("--type", flags.selection.type,
                  "waybill.order.v1.OrderPaid, or OrderPaid for short");
  verb.add_option("--correlation", flags.selection.correlation, "events of this correlation id");
  verb.add_option("--where", flags.where,
                  "condition over the payload: order.status == 'PAID' && order.total_price > 100");
  verb.add_option("--limit", flags.limit, "stop after so many");
  verb.footer(kExamples);
}

void add_unmask(CLI::App& verb, EventFlags& flags) {
  verb.add_option("--unmask", flags.unmask,
                  "show people's names, addresses and words; REASON is kept");
}

// Each has flags of its own: CLI11 reads the environment into those of the verb that was not
// called, too.
void add_printing(CLI::App& events, Mode mode, const std::string& name, const std::string& purpose,
                  Action& chosen) {
  CLI::App* verb = events.add_subcommand(name, purpose);
  const auto flags = std::make_shared<EventFlags>();
  add_selection(*verb, *flags);
  add_unmask(*verb, *flags);
  verb->add_flag("--json", flags->json, "one JSON object per line, headers and payload included");
  verb->callback(
      [flags, mode, &chosen] { chosen = [flags, mode] { return print_events(*flags, mode); }; });
}

void add_counting(CLI::App& events, Action& chosen) {
  CLI::App* topics = events.add_subcommand("topics", "the topics and how many events they hold");
  const auto all = std::make_shared<EventFlags>();
  add_topics(*topics, *all);
  topics->add_flag("--json", all->json, "one JSON object per line");
  topics->callback([all, &chosen] { chosen = [all] { return show_topics(*all); }; });
  CLI::App* count = events.add_subcommand("count", "counts events by topic and type");
  const auto some = std::make_shared<EventFlags>();
  add_selection(*count, *some);
  count->add_flag("--json", some->json, "one JSON object");
  count->callback([some, &chosen] { chosen = [some] { return count_events(*some); }; });
}

void add_replay(CLI::App& events, Action& chosen) {
  CLI::App* verb =
      events.add_subcommand("replay", "brings events somewhere else, each exactly once");
  const auto flags = std::make_shared<ReplayFlags>();
  add_selection(*verb, *flags);
  add_unmask(*verb, *flags);
  verb->add_option("--from-file", flags->from_file, "NDJSON that a replay wrote with --unmask");
  verb->add_option("--to-topic", flags->to_topic, "a topic that is there");
  verb->add_option("--to-file", flags->to_file, "NDJSON, a new file");
  verb->add_option("--to-projection", flags->to_projection, "the live tables; newer wins");
  verb->add_flag("--to-stdout", flags->to_stdout, "NDJSON");
  verb->add_option("--why", flags->why, "the reason, for the audit line");
  verb->add_flag("--dry-run", flags->dry_run, "only say what would be done");
  verb->add_option("--plan", flags->plan_file, "write what would be done into this new file");
  verb->add_option("--run", flags->run_file, "do exactly what this plan says");
  verb->add_option("--rate", flags->rate, "events per second, at most")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000'000}));
  verb->add_option("--checkpoint", flags->checkpoint,
                   "file that says how far it is (default: beside the plan, or in "
                   "~/.local/state/waybill)");
  verb->add_flag("--quiet", flags->quiet, "no progress on standard error");
  verb->callback([flags, &chosen] { chosen = [flags] { return replay_events(*flags); }; });
}

}  // namespace

void add_events(CLI::App& program, Action& chosen) {
  CLI::App* verb = program.add_subcommand("events", "reads and replays the event topics");
  verb->require_subcommand(1);
  verb->footer(kExamples);
  add_printing(*verb, Mode::show, "show", "prints events up to the end of the topics", chosen);
  add_printing(*verb, Mode::tail, "tail", "prints events as they come, until Ctrl-C", chosen);
  add_counting(*verb, chosen);
  add_replay(*verb, chosen);
}

}  // namespace waybill::tool
