// waybill demo: one real day through the whole platform, counted three times.
#include <cstdio>
#include <thread>

#include <CLI/CLI.hpp>

#include "tools/waybill/connection.hpp"
#include "tools/waybill/demo/sources.hpp"
#include "tools/waybill/interrupt.hpp"
#include "tools/waybill/retail/run.hpp"
#include "tools/waybill/verbs/verbs.hpp"

namespace waybill::tool {
namespace {

constexpr const char* kExamples = R"(
Examples:
  waybill demo                                    from the root of the checkout, like `make demo`
  waybill demo --file tests/data/online-retail/2010-12-06.csv

Imports the file as `waybill import retail` does, then counts its orders in the file, in the order
service and in topic waybill.orders. Exit code 1 when they don't agree to the penny.)";

// The relay tells events a moment after the order's answer.
constexpr std::chrono::seconds kEventsMayTake{30};

struct DemoFlags {
  GatewayFlags gateway;
  KafkaFlags kafka;
  std::vector<std::string> files{"tests/data/online-retail/2010-12-01.csv"};
  retail::ExecuteOptions execute;
};

demo::Tally wait_for_topic(const DemoFlags& flags, const demo::Orders& orders) {
  const auto kafka = messaging::make_kafka({.brokers = flags.kafka.brokers});
  const demo::Tally wanted = demo::tally_of(orders);
  const auto give_up = std::chrono::steady_clock::now() + kEventsMayTake;
  demo::Tally told = demo::tally_of(demo::from_topic(*kafka, orders));
  while (told != wanted && std::chrono::steady_clock::now() < give_up && !interrupted()) {
    std::this_thread::sleep_for(std::chrono::milliseconds{500});
    told = demo::tally_of(demo::from_topic(*kafka, orders));
  }
  return told;
}

int run(const DemoFlags& flags) {
  retail::Import import;
  try {
    import = retail::prepare(flags.files, "Europe/London");
  } catch (const retail::FileError& error) {
    throw UsageError{error.what()};
  }
  const GatewayOptions gateway = flags.gateway.options(flags.execute.concurrency);
  carry_out(import, gateway, flags.execute);
  std::puts("What became of each row:\n");
  std::fputs(to_table(import.account, flags.execute.currency).c_str(), stdout);

  const demo::Orders orders = demo::from_service(gateway, import.execution);
  const demo::Tally file = demo::tally_of(import.plan);
  const demo::Tally service = demo::tally_of(orders);
  const demo::Tally topic = wait_for_topic(flags, orders);
  std::puts("\nThe same orders, counted three times:\n");
  std::fputs(to_table(file, service, topic, flags.execute.currency).c_str(), stdout);
  const bool agree = file == service && file == topic && import.account.good();
  std::puts(agree ? "\nAll agree to the penny." : "\nThey do NOT agree.");
  return agree ? 0 : 1;
}

}  // namespace

void add_demo(CLI::App& program, Action& chosen) {
  CLI::App* verb = program.add_subcommand("demo", "imports one real day and counts it three times");
  const auto flags = std::make_shared<DemoFlags>();
  verb->add_option("--file", flags->files, "retail file (see import retail)")
      ->capture_default_str();
  verb->add_option("--concurrency", flags->execute.concurrency, "requests at once")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  flags->gateway.add_to(*verb);
  flags->kafka.add_to(*verb);
  verb->footer(kExamples);
  verb->callback([flags, &chosen] { chosen = [flags] { return run(*flags); }; });
}

}  // namespace waybill::tool
