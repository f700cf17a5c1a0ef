// waybill-bench: how fast the running platform is, beside what the machine could do at best. Needs
// the environment of an instance (deploy/local/env.sh) and the project's root as its folder.
#include <cstdio>
#include <fstream>

#include <CLI/CLI.hpp>

#include "libs/log/log.hpp"
#include "tests/bench/adverts.hpp"
#include "tests/bench/cpu.hpp"
#include "tests/bench/files.hpp"
#include "tests/bench/limits.hpp"
#include "tests/bench/login_flood.hpp"
#include "tests/bench/overload.hpp"
#include "tests/bench/rebuild.hpp"
#include "tests/bench/report.hpp"
#include "tests/bench/scene.hpp"

namespace waybill::bench {
namespace {

struct Options {
  std::vector<std::size_t> clients{1, 32, 128};
  std::size_t read_clients = 32;
  std::size_t lines = 2;
  int rounds = 3;
  int round_seconds = 5;
  std::string json_file;

  std::chrono::milliseconds round() const { return std::chrono::seconds{round_seconds}; }
  std::chrono::milliseconds first_warm_up() const { return std::chrono::seconds{15}; }
  std::chrono::milliseconds warm_up() const { return std::chrono::seconds{2}; }
};

void say(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
}

Figures to_figures(const LoadResult& result, std::size_t clients) {
  Figures figures;
  figures.clients = clients;
  figures.per_second = result.per_second();
  figures.p50_ms = result.percentile_ms(0.50);
  figures.p95_ms = result.percentile_ms(0.95);
  figures.p99_ms = result.percentile_ms(0.99);
  figures.answers = result.wanted();
  return figures;
}

class Bench {
 public:
  explicit Bench(Options options)
      : options_{std::move(options)}, supervisor_{find_supervisor()}, scene_{options_.lines} {}

  Report run() {
    Report report;
    report.lines = options_.lines;
    say("warming up …");
    warm_up();
    say("limits of the machine …");
    report.sql = measure_sql(2, 50, options_.lines, options_.round());
    const auto bare =
        measure_bare_server(options_.read_clients, scene_.a_product(), options_.round());
    report.bare = to_figures(bare, options_.read_clients);
    for (const std::size_t clients : options_.clients) {
      say(fmt::format("orders, {} clients …", clients));
      report.orders.push_back(measure({e2e::gateway_address(), clients, {}, 201}, scene_.orders()));
    }
    say("cached reads …");
    report.reads =
        measure({e2e::gateway_address(), options_.read_clients, {}, 200}, scene_.reads());
    say("counting …");
    check_.in_service = scene_.orders_in_service();
    check_.units_gone = scene_.units_gone();
    report.check = check_;
    return report;
  }

 private:
  // A platform that has just started spends its time on compiling Kafka and on empty tables.
  void warm_up() {
    const Load load{e2e::gateway_address(), 64, options_.first_warm_up(), 201};
    count(load, run_load(load, scene_.orders()));
  }

  // After a warm-up, the round with the median speed.
  Figures measure(Load load, const std::vector<Shot>& shots) {
    load.duration = options_.warm_up();
    count(load, run_load(load, shots));
    load.duration = options_.round();
    std::vector<Figures> rounds;
    for (int i = 0; i < options_.rounds; ++i) rounds.push_back(measure_round(load, shots));
    std::sort(rounds.begin(), rounds.end(),
              [](const Figures& a, const Figures& b) { return a.per_second < b.per_second; });
    return rounds[rounds.size() / 2];
  }

  Figures measure_round(const Load& load, const std::vector<Shot>& shots) {
    const CpuSeconds before = cpu_of_tree(supervisor_);
    const double own_before = own_cpu_seconds();
    const LoadResult result = run_load(load, shots);
    count(load, result);
    Figures figures = to_figures(result, load.clients);
    figures.programs = difference(before, cpu_of_tree(supervisor_));
    const double answers = std::max(1.0, static_cast<double>(result.wanted()));
    figures.cpu_ms = 1000 * total(figures.programs) / answers;
    figures.generator_cpu_ms = 1000 * (own_cpu_seconds() - own_before) / answers;
    return figures;
  }

  void count(const Load& load, const LoadResult& result) {
    if (load.wanted_status == 201) {
      check_.received += result.wanted();
      check_.units_sold += result.units;
    }
    for (const auto& [status, answers] : result.statuses) {
      if (status == load.wanted_status) continue;
      check_.others += answers;
      say(fmt::format("{} answers {}", answers, status));
    }
  }

  Options options_;
  pid_t supervisor_;
  Scene scene_;
  Check check_;
};

template <class Of>
void publish(const Of& report, const std::string& json_file) {
  std::fputs(to_table(report).c_str(), stdout);
  if (json_file.empty()) return;
  std::ofstream out{json_file};
  out << boost::json::serialize(to_json(report)) << '\n';
}

int run(const Options& options) {
  const Report report = Bench{options}.run();
  publish(report, options.json_file);
  return report.check.good() ? 0 : 1;
}

template <class Of>
int judge(const Of& report, const std::string& json_file) {
  publish(report, json_file);
  return report.complaints().empty() ? 0 : 1;
}

}  // namespace
}  // namespace waybill::bench

int main(int argc, char** argv) {
  waybill::bench::Options options;
  CLI::App program{"waybill-bench: orders and cached reads of a running platform", "waybill-bench"};
  program.add_option("--clients", options.clients, "numbers of clients that place orders")
      ->capture_default_str();
  program.add_option("--read-clients", options.read_clients, "clients that read products")
      ->capture_default_str();
  program.add_option("--lines", options.lines, "lines of an order")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  program.add_option("--rounds", options.rounds, "rounds of each; the median counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  program.add_option("--seconds", options.round_seconds, "of a round")
      ->check(CLI::Range(1, 600))
      ->capture_default_str();
  program.add_option("--json", options.json_file, "write the figures here");
  waybill::bench::OverloadOptions overload;
  auto* overload_mode =
      program.add_subcommand("overload", "two and ten times as many orders as the platform takes");
  overload_mode->add_option("--seconds", overload.seconds, "of each stage")
      ->check(CLI::Range(1, 600))
      ->capture_default_str();
  overload_mode->add_option("--clients", overload.clients, "clients that find the peak")
      ->capture_default_str();
  overload_mode->add_option("--factors", overload.factors, "times the peak")->capture_default_str();
  waybill::bench::LoginFloodOptions flood;
  auto* flood_mode =
      program.add_subcommand("login-flood", "product reads while far too many passwords arrive");
  flood_mode->add_option("--seconds", flood.seconds, "of each stage")
      ->check(CLI::Range(1, 600))
      ->capture_default_str();
  flood_mode->add_option("--factor", flood.factor, "times what the hashing pool takes")
      ->capture_default_str();
  flood_mode->add_option("--read-clients", flood.read_clients, "clients that read products")
      ->capture_default_str();
  waybill::bench::RebuildOptions rebuild;
  auto* rebuild_mode =
      program.add_subcommand("rebuild", "a projection built anew from its topic, per second");
  rebuild_mode->add_option("--orders", rebuild.orders, "orders in the topic, three events each")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  rebuild_mode->add_option("--workers", rebuild.workers, "threads, one measurement each")
      ->capture_default_str();
  waybill::bench::FilesOptions files;
  auto* files_mode =
      program.add_subcommand("files", "a large document through the gateway, up and down");
  files_mode->add_option("--bytes", files.bytes, "of the document")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 30))
      ->capture_default_str();
  files_mode->add_option("--rounds", files.rounds, "of each; the median counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  waybill::bench::AdvertsOptions adverts;
  auto* adverts_mode = program.add_subcommand("adverts", "ads chosen per second, and how soon");
  adverts_mode->add_option("--campaigns", adverts.campaigns, "that fit everybody who asks")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  adverts_mode
      ->add_option("--many-campaigns", adverts.many_campaigns,
                   "of a hundred places, everybody who asks in one of them; 0: leave that out")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  adverts_mode->add_option("--clients", adverts.clients, "people who ask")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  adverts_mode->add_option("--connections", adverts.connections, "of the closed loop")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  adverts_mode->add_option("--seconds", adverts.seconds, "of a round")
      ->check(CLI::Range(1, 600))
      ->capture_default_str();
  CLI11_PARSE(program, argc, argv);
  waybill::log::start("waybill-bench", waybill::log::Level::error);
  int exit_code = 1;
  try {
    using namespace waybill::bench;
    if (overload_mode->parsed()) {
      exit_code = judge(measure_overload(overload), options.json_file);
    } else if (flood_mode->parsed()) {
      exit_code = judge(measure_login_flood(flood), options.json_file);
    } else if (rebuild_mode->parsed()) {
      exit_code = judge(measure_rebuild(rebuild), options.json_file);
    } else if (files_mode->parsed()) {
      exit_code = judge(measure_files(files), options.json_file);
    } else if (adverts_mode->parsed()) {
      exit_code = judge(measure_adverts(adverts), options.json_file);
    } else {
      exit_code = run(options);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "waybill-bench: %s\n", error.what());
  }
  waybill::log::stop();
  return exit_code;
}
