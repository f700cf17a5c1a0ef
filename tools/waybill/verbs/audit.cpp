// waybill audit
#include "tools/waybill/audit/audit.hpp"

#include <cstdio>

#include <CLI/CLI.hpp>

#include "tools/waybill/connection.hpp"
#include "tools/waybill/events/selection.hpp"
#include "tools/waybill/servers.hpp"
#include "tools/waybill/verbs/verbs.hpp"

namespace waybill::tool {
namespace {

constexpr const char* kExamples = R"(
Examples:
  waybill audit                                 everything, on a platform that goes on working
  waybill audit --settle 60s                    after a load: wait until nothing is under way
  waybill audit --since 1h --json               what happened in the last hour, for machines
  waybill audit --service order                 one service, and what it shares with others
  waybill audit --settle 60s --history load.ndjson

A history has one JSON object per answer: {"method", "path", "key", "status", "id"}; key is the
idempotency key, status 0 where no answer came, id what was created ("command_id" for other writes).

Databases: WAYBILL_AUDIT_DATABASE_<SERVICE>, or WAYBILL_DATABASE_<SERVICE>; they are only read.
Exit codes: 0 clean, 1 something differs or a server is away, 2 the command line is wrong.)";

struct AuditFlags {
  KafkaFlags kafka;
  RabbitFlags rabbit;
  std::string since, until, settle, grace = "15s", stuck = "5m";
  bool json = false;
  bool quiet = false;
  audit::Options options;
};

Instant time_of(const std::string& text, const char* flag) {
  const auto position = events::parse_position(text, now());
  if (position && position->kind == events::Position::Kind::time) return position->at;
  throw UsageError{fmt::format(
      "{} '{}' is no time: 2026-01-31T09:30:00Z, a day, or how long ago (90s, 15m, 2h, 7d)", flag,
      text)};
}

// "90s": how long ago it is, turned around.
milliseconds duration_of(const std::string& text, const char* flag) {
  const Instant at = now();
  const auto position = events::parse_position(text, at);
  if (text == "0") return milliseconds{0};
  if (!position || position->kind != events::Position::Kind::time || position->at > at ||
      text.find('-') != std::string::npos) {
    throw UsageError{fmt::format("{} '{}' is no duration: 90s, 15m, 2h", flag, text)};
  }
  return std::chrono::duration_cast<milliseconds>(at - position->at);
}

int run(const AuditFlags& flags) {
  audit::Options options = flags.options;
  if (!flags.since.empty()) options.since = time_of(flags.since, "--since");
  if (!flags.until.empty()) options.until = time_of(flags.until, "--until");
  if (!flags.settle.empty()) options.settle = duration_of(flags.settle, "--settle");
  options.grace = duration_of(flags.grace, "--grace");
  options.stuck = duration_of(flags.stuck, "--stuck");
  const auto rabbit = flags.rabbit.connect();
  const auto kafka = messaging::make_kafka({.brokers = flags.kafka.brokers});
  const audit::Platform platform{databases_to_read(), *rabbit, *kafka};
  const auto tell = [&](const std::string& line) {
    if (!flags.quiet) std::fputs(("audit: " + line + "\n").c_str(), stderr);
  };
  const audit::Report report = audit::run(platform, options, tell);
  const std::string text =
      flags.json ? boost::json::serialize(report.to_json()) + "\n" : report.to_table();
  std::fputs(text.c_str(), stdout);
  return report.clean() ? 0 : 1;
}

}  // namespace

void add_audit(CLI::App& program, Action& chosen) {
  CLI::App* verb =
      program.add_subcommand("audit", "proves that nothing was lost and nothing done twice");
  const auto flags = std::make_shared<AuditFlags>();
  verb->add_option("--since", flags->since, "look at what happened since then (default: always)");
  verb->add_option("--until", flags->until, "… and before");
  verb->add_option("--service", flags->options.services, "this service only; may be repeated");
  verb->add_option("--settle", flags->settle, "first wait until nothing is under way, at most 90s");
  verb->add_option("--grace", flags->grace, "younger than this may still be on its way")
      ->capture_default_str();
  verb->add_option("--stuck", flags->stuck, "what waits longer is stuck (after --settle: at once)")
      ->capture_default_str();
  verb->add_option("--history", flags->options.history, "answers of a load generator");
  verb->add_option("--limit", flags->options.kept, "differences named per code; 0: all")
      ->capture_default_str();
  verb->add_flag("--json", flags->json, "one JSON object");
  verb->add_flag("--quiet", flags->quiet, "no progress on standard error");
  flags->kafka.add_to(*verb);
  flags->rabbit.add_to(*verb);
  verb->footer(kExamples);
  verb->callback([flags, &chosen] { chosen = [flags] { return run(*flags); }; });
}

}  // namespace waybill::tool
