// waybill adverts simulate
#include <charconv>
#include <cstdio>

#include <CLI/CLI.hpp>

#include "tools/waybill/adverts/print.hpp"
#include "tools/waybill/connection.hpp"
#include "tools/waybill/events/reader.hpp"
#include "tools/waybill/interrupt.hpp"
#include "tools/waybill/progress.hpp"
#include "tools/waybill/verbs/verbs.hpp"

namespace waybill::tool {
namespace {

using advert::projections::Figures;
using advert::projections::Formula;
using advert::projections::Period;
using advert::projections::Step;

constexpr const char* kTopic = "waybill.adverts";

constexpr const char* kExamples = R"(
Examples:
  waybill adverts simulate                                    is the record what the formula says?
  waybill adverts simulate --from 10 --to 20                  days of the advertising clock, both in
  waybill adverts simulate --from 2h                          of the last two hours
  waybill adverts simulate --formula "weights=0.5,0.5,0.15"
  waybill adverts simulate --formula "pacing=on" --formula "pacing=on limits=1.5"
  waybill adverts simulate --formula "limit:0190…=300" --advertiser 0190… --json

A formula names settings of the advert service (weights, fill-term, pacing, pacing-share; what is not
named has its default), limits=1.5 (all limits times this) and limit:<campaign id>=300. Several are
printed side by side, beside what was recorded. Requests that were given an ad are played again, in
the order in which they were decided; those that got none then are not told, and can't be.

Clicks are those of clients who are shown what they clicked then; where a client is shown what he
was not shown then, the click rate that the campaign had is expected of him.

Reads topic waybill.adverts alone, and writes nothing. Exit codes: 0 done, 1 it went wrong or there
is nothing to play, 2 usage.)";

struct Flags {
  KafkaFlags kafka;
  std::string from;
  std::string to;
  std::vector<std::string> formulas;
  std::string advertiser;
  bool json = false;
  bool quiet = false;
};

std::optional<advert::domain::Day> day_number(const std::string& text) {
  advert::domain::Day day = 0;
  const char* last = text.data() + text.size();
  const auto [end, failed] = std::from_chars(text.data(), last, day);
  if (failed == std::errc{} && end == last) return day;
  return std::nullopt;
}

Instant instant_of(const std::string& text, const char* flag) {
  const auto position = events::parse_position(text, now());
  if (position && position->kind == events::Position::Kind::time) return position->at;
  throw UsageError{
      fmt::format("{} '{}' is no day of the advertising clock (7), no time like "
                  "2026-01-31T09:30:00Z, no date, and not how long ago (90s, 15m, 2h, 7d)",
                  flag, text)};
}

Period period_of(const Flags& flags) {
  Period period;
  if (const auto day = day_number(flags.from)) {
    period.from_day = day;
  } else if (!flags.from.empty()) {
    period.from = instant_of(flags.from, "--from");
  }
  if (const auto day = day_number(flags.to)) {
    period.to_day = day;
  } else if (!flags.to.empty()) {
    period.until = instant_of(flags.to, "--to");
  }
  const bool days_cross = period.from_day && period.to_day && *period.to_day < *period.from_day;
  const bool times_cross = period.from && period.until && *period.until <= *period.from;
  if (days_cross || times_cross) throw UsageError{"--to lies before --from"};
  return period;
}

std::vector<Formula> formulas_of(const Flags& flags) {
  std::vector<Formula> formulas;
  for (const std::string& text : flags.formulas) {
    auto formula = advert::projections::parse_formula(text);
    if (!formula) throw UsageError{"--formula: " + formula.error().detail};
    formulas.push_back(std::move(*formula));
  }
  return formulas;
}

std::optional<Id> advertiser_of(const Flags& flags) {
  if (flags.advertiser.empty()) return std::nullopt;
  if (const auto id = Id::parse(flags.advertiser)) return id;
  throw UsageError{"--advertiser '" + flags.advertiser + "' is no id"};
}

std::vector<Step> read_steps(const Flags& flags) {
  const auto kafka = messaging::make_kafka({.brokers = flags.kafka.brokers});
  events::Selection all;
  all.topics = {kTopic};
  std::int64_t waiting = 0;
  for (const auto& info : kafka->partitions(kTopic)) waiting += info.end - info.first;
  Progress progress{"events", waiting, flags.quiet};
  advert::projections::StepsAsTold told;
  read_events(*kafka, all, events::Mode::show, interrupted(), [&](const messaging::Event& event) {
    told.add(event);
    progress.step();
  });
  return told.take();
}

int simulate(const Flags& flags) {
  const Period period = period_of(flags);
  const std::vector<Formula> formulas = formulas_of(flags);
  const std::optional<Id> advertiser = advertiser_of(flags);
  const std::vector<Step> steps = read_steps(flags);
  if (interrupted()) return 1;
  std::vector<adverts::Column> columns{
      {"recorded", advert::projections::as_recorded(steps, period, advertiser)}};
  const std::int64_t requests = columns.front().figures.requests;
  if (requests == 0) {
    std::fputs("waybill: no ad was shown in that time\n", stderr);
    return 1;
  }
  {
    Progress progress{"choices", requests * std::ssize(formulas), flags.quiet};
    for (std::size_t i = 0; i < formulas.size(); ++i) {
      columns.push_back(
          {flags.formulas[i], advert::projections::what_if(steps, period, formulas[i], advertiser,
                                                           [&] { progress.step(); })});
    }
  }
  const std::string text =
      flags.json ? boost::json::serialize(to_json(columns)) + '\n' : to_table(columns);
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace

void add_adverts(CLI::App& program, Action& chosen) {
  CLI::App* adverts = program.add_subcommand("adverts", "what advertising would have done");
  adverts->require_subcommand(1);
  CLI::App* verb = adverts->add_subcommand(
      "simulate", "plays recorded choices by other weights, limits or pacing");
  const auto flags = std::make_shared<Flags>();
  flags->formulas = {"weights=0.9,0.25,0.15"};
  flags->kafka.add_to(*verb);
  verb->add_option("--from", flags->from, "DAY | TIME: the first choices that are played");
  verb->add_option("--to", flags->to, "DAY (inclusive) | TIME (exclusive)");
  verb->add_option("--formula", flags->formulas, "how ads would be chosen; any number of times")
      ->take_all()
      ->expected(1)
      ->capture_default_str();
  verb->add_option("--advertiser", flags->advertiser, "figures of this one's campaigns alone");
  verb->add_flag("--json", flags->json, "JSON instead of a table");
  verb->add_flag("--quiet", flags->quiet, "no progress");
  verb->footer(kExamples);
  verb->callback([flags, &chosen] { chosen = [flags] { return simulate(*flags); }; });
}

}  // namespace waybill::tool
