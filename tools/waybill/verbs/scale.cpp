// waybill scale advise
#include <cstdio>

#include <CLI/CLI.hpp>

#include "tools/waybill/connection.hpp"
#include "tools/waybill/scale/advice.hpp"
#include "tools/waybill/scale/prometheus.hpp"
#include "tools/waybill/verbs/verbs.hpp"

namespace waybill::tool {
namespace {

constexpr const char* kExamples = R"(
Examples:
  waybill scale advise                     how many processes of which service
  waybill scale advise --drain 30          what waits should be gone in half a minute
  waybill scale advise --json              for machines

`make scale order=3` follows the advice. A figure that Prometheus does not have keeps what is there.
Exit codes: 0 as it should be, 1 other numbers are advised, 2 the command line is wrong.)";

struct ScaleFlags {
  std::string prometheus = "http://127.0.0.1:18090";
  scale::Aim aim;
  double drain_seconds = 60;
  bool json = false;
};

// Everything that one kind of work can be asked for; `name` is the label that tells them apart.
struct Questions {
  std::string name, waiting, growth, handled, rate_of_one, ceiling;
};

const Questions kQueues{"queue",
                        R"(sum by (queue) (rabbitmq_queue_messages{queue=~"[a-z-]+"}))",
                        R"(sum by (queue) (deriv(rabbitmq_queue_messages{queue=~"[a-z-]+"}[1m])))",
                        "sum by (queue) (rate(command_batch_size_sum[1m]))",
                        "sum by (queue) (rate(command_batch_size_sum[5m])) / "
                        "sum by (queue) (rate(command_batch_seconds_sum[5m]))",
                        {}};

const Questions kGroups{"group", "sum by (group) (kafka_consumer_lag)",
                        "sum by (group) (deriv(kafka_consumer_lag[1m]))",
                        "sum by (group) (rate(kafka_consumed_total[1m]))",
                        // What a group does at its best: while it is behind it does not wait.
                        "max by (group) (max_over_time(rate(kafka_consumed_total[30s])[10m:15s]))",
                        "max by (group) (count by (group, topic) (kafka_consumer_lag))"};

std::optional<double> value(const std::map<std::string, double>& values, const std::string& name) {
  const auto found = values.find(name);
  if (found == values.end()) return std::nullopt;
  return found->second;
}

// The service of a queue or of a group ("report.orders") is what stands before the first dot.
std::string service_of(const std::string& name) {
  return name.substr(0, name.find('.'));
}

std::vector<scale::Load> look(const scale::Prometheus& prometheus, const Questions& questions) {
  const auto ask = [&](const std::string& query) {
    return query.empty() ? std::map<std::string, double>{} : prometheus.ask(query, questions.name);
  };
  const auto processes =
      prometheus.ask(R"(count by (service) (up{job="services"} == 1))", "service");
  const auto growth = ask(questions.growth), handled = ask(questions.handled);
  const auto rate_of_one = ask(questions.rate_of_one), ceiling = ask(questions.ceiling);
  std::vector<scale::Load> loads;
  for (const auto& [name, waiting] : ask(questions.waiting)) {
    const auto running = value(processes, service_of(name));
    if (!running) continue;  // a queue of nobody's
    loads.push_back({name, waiting, value(growth, name), value(handled, name),
                     value(rate_of_one, name), static_cast<int>(*running),
                     static_cast<int>(value(ceiling, name).value_or(0))});
  }
  return loads;
}

std::string shown(const std::optional<double>& number) {
  return number ? fmt::format("{:.1f}", *number) : "?";
}

std::string shown(const scale::Advice& advice, const scale::Load& load) {
  if (advice.drain) return fmt::format("{:.0f} s", advice.drain->count());
  return load.waiting.value_or(0) > 0 ? "never" : "-";
}

void print(const scale::Load& load, const scale::Advice& advice) {
  std::printf("%-24s %9s %9s %9s %9s %10s %5d %7d  %s\n", load.name.c_str(),
              shown(load.waiting).c_str(), shown(advice.arrival).c_str(),
              shown(load.handled).c_str(), shown(load.rate_of_one).c_str(),
              shown(advice, load).c_str(), load.processes, advice.wanted, advice.why.c_str());
}

boost::json::object as_json(const scale::Load& load, const scale::Advice& advice) {
  boost::json::object object{{"name", load.name},
                             {"service", service_of(load.name)},
                             {"processes", load.processes},
                             {"wanted", advice.wanted},
                             {"why", advice.why}};
  const auto put = [&object](const char* name, const std::optional<double>& number) {
    if (number) object[name] = *number;
  };
  put("waiting", load.waiting);
  put("arrival", advice.arrival);
  put("handled", load.handled);
  put("rate_of_one", load.rate_of_one);
  if (advice.drain) object["drain_seconds"] = advice.drain->count();
  if (load.ceiling > 0) object["ceiling"] = load.ceiling;
  return object;
}

int advise(const ScaleFlags& flags) {
  const scale::Prometheus prometheus{flags.prometheus};
  scale::Aim aim = flags.aim;
  aim.drain = std::chrono::duration<double>{flags.drain_seconds};
  bool as_it_should_be = true;
  boost::json::array all;
  if (!flags.json) {
    std::printf("%-24s %9s %9s %9s %9s %10s %5s %7s\n", "QUEUE OR GROUP", "WAITING", "COMES/s",
                "DONE/s", "ONE DOES", "EMPTY IN", "RUN", "WANTED");
  }
  for (const Questions& questions : {kQueues, kGroups}) {
    for (const scale::Load& load : look(prometheus, questions)) {
      const scale::Advice advice = scale::advise(load, aim);
      as_it_should_be = as_it_should_be && advice.wanted == load.processes;
      if (flags.json) {
        all.push_back(as_json(load, advice));
      } else {
        print(load, advice);
      }
    }
  }
  if (flags.json) std::printf("%s\n", boost::json::serialize(all).c_str());
  return as_it_should_be ? 0 : 1;
}

}  // namespace

void add_scale(CLI::App& program, Action& chosen) {
  CLI::App* scale = program.add_subcommand("scale", "how many processes the load asks for");
  scale->require_subcommand(1);
  scale->footer(kExamples);
  CLI::App* verb = scale->add_subcommand("advise", "processes by queue and consumer group");
  const auto flags = std::make_shared<ScaleFlags>();
  verb->add_option("--prometheus", flags->prometheus, "http://host:port")
      ->envname("WAYBILL_PROMETHEUS")
      ->capture_default_str();
  verb->add_option("--drain", flags->drain_seconds, "seconds in which what waits should be gone")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--busy", flags->aim.busy, "share of its time that a process may work")
      ->check(CLI::Range(0.05, 1.0))
      ->capture_default_str();
  verb->add_option("--most", flags->aim.most, "processes of a service, at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_flag("--json", flags->json, "JSON instead of a table");
  verb->callback([flags, &chosen] { chosen = [flags] { return advise(*flags); }; });
}

}  // namespace waybill::tool
