// waybill: the command-line tool. This file is its table of contents; the verbs are in verbs/.
#include <cstdio>

#include <CLI/CLI.hpp>

#include "libs/log/log.hpp"
#include "tools/waybill/connection.hpp"
#include "tools/waybill/verbs/verbs.hpp"

namespace waybill::tool {
namespace {

constexpr const char* kExamples = R"help(
Examples:
  waybill events tail waybill.orders             follow all orders
  waybill events show --from 15m --json          what happened in the last quarter of an hour
  waybill events replay --help                   bring events somewhere else
  waybill projections status                     what follows the topics, and how far
  waybill report --from 2026-01-30               what was sold, as the events tell it
  waybill adverts simulate --from 7d             what other weights would have shown
  waybill import retail 2010-12-01.csv           bring a shop's invoices in
  waybill demo                                   import one real day and check that all agree
  waybill audit --settle 60s                     prove that nothing was lost and nothing done twice
  waybill dead list                              commands that nobody could do
  waybill outbox status                          what has still to be told
  waybill scale advise                           how many processes of which service

Settings come from flags or the environment; `eval "$(deploy/local/env.sh dev)"` sets the latter.
Exit codes: 0 all is well, 1 something is wrong, 2 the command line or a file is wrong.)help";

int parse_and_run(int argc, char** argv) {
  CLI::App program{"waybill: looks into a running Waybill and brings data in", "waybill"};
  program.footer(kExamples);
  program.require_subcommand(1);
  Action chosen;
  add_events(program, chosen);
  add_import(program, chosen);
  add_demo(program, chosen);
  add_audit(program, chosen);
  add_dead(program, chosen);
  add_outbox(program, chosen);
  add_keys(program, chosen);
  add_files(program, chosen);
  add_projections(program, chosen);
  add_report(program, chosen);
  add_scale(program, chosen);
  add_adverts(program, chosen);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  }
  return chosen();
}

}  // namespace
}  // namespace waybill::tool

int main(int argc, char** argv) {
  waybill::log::start("waybill", waybill::log::Level::error);
  int exit_code = 1;
  try {
    exit_code = waybill::tool::parse_and_run(argc, argv);
  } catch (const waybill::tool::UsageError& error) {
    std::fprintf(stderr, "waybill: %s\n", error.what());
    exit_code = 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "waybill: %s\n", error.what());
  }
  waybill::log::stop();
  return exit_code;
}
