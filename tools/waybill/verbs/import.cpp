// waybill import retail FILE…
#include <cstdio>
#include <fstream>

#include <CLI/CLI.hpp>

#include "tools/waybill/connection.hpp"
#include "tools/waybill/retail/run.hpp"
#include "tools/waybill/verbs/verbs.hpp"

namespace waybill::tool {
namespace {

constexpr const char* kExamples = R"(
Examples:
  waybill import retail tests/data/online-retail/2010-12-01.csv
  waybill import retail *.csv --dry-run                  classes and sums, without a platform
  waybill import retail *.csv --account account.json     file and line of each row not imported

Header, in any order:
  InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
Running it again, after a kill too, changes nothing and gives the same account.)";

struct ImportFlags {
  GatewayFlags gateway;
  std::vector<std::string> files;
  std::string time_zone = "Europe/London";
  std::string account_file;
  bool no_pay = false;
  bool dry_run = false;
  retail::ExecuteOptions execute;
};

void write_account(const ImportFlags& flags, const retail::Import& import) {
  if (flags.account_file.empty()) return;
  std::ofstream out{flags.account_file};
  out << boost::json::serialize(to_json(import.account, import.set, flags.execute.currency))
      << '\n';
  out.close();
  if (!out) throw UsageError{flags.account_file + ": can't be written"};
}

retail::Import prepare(const ImportFlags& flags) {
  try {
    return retail::prepare(flags.files, flags.time_zone);
  } catch (const retail::FileError& error) {
    throw UsageError{error.what()};
  }
}

int run(const ImportFlags& flags) {
  retail::Import import = prepare(flags);
  retail::ExecuteOptions options = flags.execute;
  options.pay = !flags.no_pay;
  if (flags.dry_run) {
    pretend(import);
  } else {
    carry_out(import, flags.gateway.options(options.concurrency), options);
  }
  if (flags.dry_run) std::puts("Dry run: nothing was sent.\n");
  std::fputs(to_table(import.account, options.currency).c_str(), stdout);
  write_account(flags, import);
  return import.account.good() ? 0 : 1;
}

void add_retail(CLI::App& verb, Action& chosen) {
  CLI::App* retail = verb.add_subcommand("retail", "a shop's invoices from CSV files");
  const auto flags = std::make_shared<ImportFlags>();
  retail->add_option("files", flags->files, "CSV files; together they are one set")->required();
  flags->gateway.add_to(*retail);
  retail->add_option("--concurrency", flags->execute.concurrency, "requests at once")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  retail->add_option("--currency", flags->execute.currency, "of the prices (ISO 4217)")
      ->check([](const std::string& code) {
        const bool ok = code.size() == 3 && std::all_of(code.begin(), code.end(), [](char c) {
                          return c >= 'A' && c <= 'Z';
                        });
        return ok ? std::string{} : "give three capital letters, like GBP";
      })
      ->capture_default_str();
  retail->add_option("--time-zone", flags->time_zone, "IANA zone of InvoiceDate")
      ->capture_default_str();
  retail->add_flag("--no-pay", flags->no_pay, "leave the orders CONFIRMED (they expire unpaid)");
  retail->add_flag("--dry-run", flags->dry_run, "classify and sum up, send nothing");
  retail->add_option("--account", flags->account_file, "write the closing account here, as JSON");
  retail->footer(kExamples);
  retail->callback([flags, &chosen] { chosen = [flags] { return run(*flags); }; });
}

}  // namespace

void add_import(CLI::App& program, Action& chosen) {
  CLI::App* verb = program.add_subcommand("import", "brings data in through the gateway");
  verb->require_subcommand(1);
  add_retail(*verb, chosen);
}

}  // namespace waybill::tool
