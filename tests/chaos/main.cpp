// waybill-chaos: breaks the running platform on purpose, under load, and proves that nothing was
// lost and nothing done twice. Needs the instance `chaos` with its servers up
// (deploy/local/chaos.sh does all that) and the project's root as its folder.
#include <cstdio>
#include <random>

#include <CLI/CLI.hpp>

#include "libs/log/log.hpp"
#include "tests/chaos/crash/loop.hpp"
#include "tests/chaos/run.hpp"
#include "tests/chaos/scenarios.hpp"

namespace waybill::chaos {
namespace {

int main(int argc, char** argv) {
  CLI::App program{"waybill-chaos: breaks the running platform, and proves that nothing is lost",
                   "waybill-chaos"};
  program.require_subcommand(1);
  RunOptions random;
  random.seed = std::random_device{}();
  auto* run_mode = program.add_subcommand("run", "random faults under load, then the audit");
  run_mode->add_option("--seed", random.seed, "the same seed gives the same plan");
  run_mode->add_option("--faults", random.faults)->capture_default_str();
  run_mode->add_option("--clients", random.clients)->capture_default_str();
  run_mode->add_option("--commands", random.commands, "go on until so many are acknowledged");
  run_mode->add_flag("--plan", random.only_plan, "only say what would be done");
  int rounds = 3;
  auto* recovery_mode =
      program.add_subcommand("recovery", "how soon orders get through after a server is back");
  recovery_mode->add_option("--rounds", rounds)->capture_default_str();
  int restarts = 20;
  auto* rolling_mode =
      program.add_subcommand("rolling", "rolling restarts of every service under load");
  rolling_mode->add_option("--rounds", restarts)->capture_default_str();
  KafkaAway away;
  std::int64_t minutes_away = 10;
  auto* kafka_mode = program.add_subcommand("kafka-away", "orders go on without Kafka");
  kafka_mode->add_option("--minutes", minutes_away)->capture_default_str();
  kafka_mode->add_option("--rate", away.per_second, "commands per second")->capture_default_str();
  auto* clock_mode = program.add_subcommand("clock", "the clock of a process jumps, under load");
  auto* zombie_mode =
      program.add_subcommand("zombies", "processes stand still for a minute, under load");
  CrashOptions crash;
  auto* crash_mode =
      program.add_subcommand("crash", "kills a worker at each of its I/O calls, one after another");
  crash_mode->add_option("--command", crash.commands, "PlaceOrder, CancelOrder, UpdateProduct");
  crash_mode->add_option("--most", crash.most, "calls at most, 0: all");
  CLI11_PARSE(program, argc, argv);

  log::start("waybill-chaos", log::Level::error);
  bool good = false;
  try {
    away.away = std::chrono::minutes{minutes_away};
    if (run_mode->parsed()) good = run(random);
    if (recovery_mode->parsed()) good = measure_recovery(rounds);
    if (rolling_mode->parsed()) good = measure_rolling_restarts(restarts);
    if (kafka_mode->parsed()) good = measure_kafka_away(away);
    if (clock_mode->parsed()) good = measure_clock_jumps();
    if (zombie_mode->parsed()) good = measure_zombies();
    if (crash_mode->parsed()) good = crash_everywhere(crash);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "waybill-chaos: %s\n", error.what());
  }
  log::stop();
  return good ? 0 : 1;
}

}  // namespace
}  // namespace waybill::chaos

int main(int argc, char** argv) {
  return waybill::chaos::main(argc, argv);
}
