// waybill report: sales as the events tell them
#include <cstdio>

#include <CLI/CLI.hpp>

#include "services/report/projections/as_told.hpp"
#include "services/report/projections/projections.hpp"
#include "tools/waybill/connection.hpp"
#include "tools/waybill/events/reader.hpp"
#include "tools/waybill/interrupt.hpp"
#include "tools/waybill/verbs/verbs.hpp"

namespace waybill::tool {
namespace {

using report::domain::SalesQuestion;

constexpr const char* kExamples = R"(
Examples:
  waybill report --from 2026-01-01 --to 2026-01-31
  waybill report --from 2026-01-30 --by product --csv
  waybill report --from 2026-01-30 --as-of 2026-01-30T18:00:00Z   as it was known then
  waybill report --from 2026-01-30 --as-of 1200                   before these offsets

The figures of /v1/statistics/sales, from topic waybill.orders alone: the digest is the same
wherever question, rows and counted orders are. Zone and currency must be the report service's.)";

struct Flags {
  KafkaFlags kafka;
  std::string from;
  std::string to;
  std::string by = "day";
  std::string as_of;
  std::string zone = "UTC";
  std::string currency = "EUR";
  bool csv = false;
};

Day read_day(const std::string& text, const char* flag) {
  if (const auto day = parse_day(text)) return *day;
  throw UsageError{fmt::format("{} '{}' is no date like 2026-01-31", flag, text)};
}

SalesQuestion question_of(const Flags& flags) {
  SalesQuestion question;
  question.from = read_day(flags.from, "--from");
  question.to = flags.to.empty() ? question.from : read_day(flags.to, "--to");
  if (question.to < question.from) throw UsageError{"--to lies before --from"};
  if (question.to - question.from >= report::domain::most_days) {
    throw UsageError{"--to is more than 366 days from --from"};
  }
  if (flags.by == "product") question.by = report::domain::GroupBy::product;
  if (flags.as_of.empty()) return question;
  question.as_of = report::domain::parse_as_of(flags.as_of);
  if (!question.as_of) {
    throw UsageError{fmt::format("--as-of '{}' is no time like 2026-01-31T09:30:00Z and no offset",
                                 flags.as_of)};
  }
  return question;
}

int run(const Flags& flags) {
  const SalesQuestion question = question_of(flags);
  const auto zone = Zone::find(flags.zone);
  if (!zone) throw UsageError{"--time-zone '" + flags.zone + "' is no time zone"};
  report::projections::SalesAsTold told{question, *zone, flags.currency};
  const auto kafka = messaging::make_kafka({.brokers = flags.kafka.brokers});
  events::Selection all;
  all.topics = {report::store::orders_topic};
  read_events(*kafka, all, events::Mode::show, interrupted(),
              [&](const messaging::Event& event) { told.add(event); });
  if (interrupted()) return 1;
  const std::string text = flags.csv ? to_csv(told.sales()) : to_json(told.sales()) + '\n';
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace

void add_report(CLI::App& program, Action& chosen) {
  CLI::App* verb =
      program.add_subcommand("report", "sales by day or product as the events tell them");
  const auto flags = std::make_shared<Flags>();
  flags->kafka.add_to(*verb);
  verb->add_option("--from", flags->from, "the first day")->required();
  verb->add_option("--to", flags->to, "the last day (default: the same day)");
  verb->add_option("--by", flags->by, "what a row is of")
      ->check(CLI::IsMember({"day", "product"}))
      ->capture_default_str();
  verb->add_option("--as-of", flags->as_of, "TIME | OFFSET: as it was known then");
  verb->add_option("--time-zone", flags->zone, "whose midnights are the borders of days")
      ->envname("WAYBILL_REPORT_TIME_ZONE")
      ->capture_default_str();
  verb->add_option("--currency", flags->currency, "of days when nothing was sold")
      ->envname("WAYBILL_SHOP_CURRENCY")
      ->capture_default_str();
  verb->add_flag("--csv", flags->csv, "CSV instead of JSON");
  verb->footer(kExamples);
  verb->callback([flags, &chosen] { chosen = [flags] { return run(*flags); }; });
}

}  // namespace waybill::tool
