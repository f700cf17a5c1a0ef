// waybill events tail|show
#include <cstdio>

#include <CLI/CLI.hpp>

#include "tools/waybill/connection.hpp"
#include "tools/waybill/events/print.hpp"
#include "tools/waybill/events/reader.hpp"
#include "tools/waybill/interrupt.hpp"
#include "tools/waybill/verbs/verbs.hpp"

namespace waybill::tool {
namespace {

using events::Mode;

constexpr const char* kExamples = R"(
Examples:
  waybill events tail                                        follow all topics until Ctrl-C
  waybill events show waybill.orders --limit 20              the first 20 orders' events
  waybill events show --type OrderRejected --from 1h         refused in the last hour
  waybill events show waybill.orders --key 0190… --json      the life of one order, for jq
  waybill events show waybill.orders --partition 3 --from 1200 --until 1300
  waybill events show --correlation 6f1c…                    everything that one request caused

Order is kept per key (and partition), not between partitions.)";

const std::vector<std::string> kTopics{"waybill.users", "waybill.products", "waybill.orders"};

struct EventFlags {
  KafkaFlags kafka;
  std::vector<std::string> topics;
  std::vector<std::string> more_topics;
  std::int32_t partition = -1;
  std::string from;
  std::string until;
  std::int64_t limit = -1;
  bool json = false;
  events::Selection selection;
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
  if (selection.topics.empty()) selection.topics = kTopics;
  if (flags.partition >= 0) selection.partition = flags.partition;
  if (flags.limit >= 0) selection.limit = flags.limit;
  const std::string start = mode == Mode::tail ? "end" : "beginning";
  selection.from = position(flags.from.empty() ? start : flags.from, "--from");
  if (!flags.until.empty()) selection.until = position(flags.until, "--until");
  return selection;
}

void print_line(const std::string& line) {
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);  // who tails through a pipe wants to see it now
}

int run(const EventFlags& flags, Mode mode) {
  const events::Selection selection = to_selection(flags, mode);
  const auto kafka = messaging::make_kafka({.brokers = flags.kafka.brokers});
  if (!flags.json) print_line(events::table_header());
  const auto print = [&](const messaging::Event& event) {
    print_line(flags.json ? events::json_line(event) : events::table_line(event));
  };
  read_events(*kafka, selection, mode, interrupted(), print);
  return 0;
}

void add_flags(CLI::App& verb, EventFlags& flags) {
  verb.add_option("topics", flags.topics, "topics; all when none is named");
  verb.add_option("--topic", flags.more_topics, "the same as a flag, may be repeated");
  verb.add_option("--partition", flags.partition, "this partition only");
  verb.add_option("--from", flags.from,
                  "beginning | end | OFFSET | TIME (show: beginning, tail: end)");
  verb.add_option("--until", flags.until, "OFFSET | TIME, exclusive");
  verb.add_option("--key", flags.selection.key, "events of this aggregate id");
  verb.add_option("--type", flags.selection.type,
                  "waybill.order.v1.OrderPaid, or OrderPaid for short");
  verb.add_option("--correlation", flags.selection.correlation, "events of this correlation id");
  verb.add_option("--limit", flags.limit, "stop after so many");
  verb.add_flag("--json", flags.json, "one JSON object per line, headers and payload included");
  flags.kafka.add_to(verb);
  verb.footer(kExamples);
}

// Each has flags of its own: CLI11 reads the environment into those of the verb that was not
// called, too.
void add_mode(CLI::App& events, Mode mode, const std::string& name, const std::string& purpose,
              Action& chosen) {
  CLI::App* verb = events.add_subcommand(name, purpose);
  const auto flags = std::make_shared<EventFlags>();
  add_flags(*verb, *flags);
  verb->callback([flags, mode, &chosen] { chosen = [flags, mode] { return run(*flags, mode); }; });
}

}  // namespace

void add_events(CLI::App& program, Action& chosen) {
  CLI::App* verb = program.add_subcommand("events", "reads the event topics");
  verb->require_subcommand(1);
  verb->footer(kExamples);
  add_mode(*verb, Mode::show, "show", "prints events up to the end of the topics", chosen);
  add_mode(*verb, Mode::tail, "tail", "prints events as they come, until Ctrl-C", chosen);
}

}  // namespace waybill::tool
