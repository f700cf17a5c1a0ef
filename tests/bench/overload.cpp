#include "tests/bench/overload.hpp"

#include <cstdio>
#include <thread>

#include "tests/bench/open_loop.hpp"

namespace waybill::bench {
namespace {

namespace json = boost::json;

// Of the peak: what is asked for before and after the overload.
constexpr double kOrdinary = 0.5;
// When the platform has to be itself again.
constexpr std::chrono::seconds kRecovery{5};
constexpr double kLeastGoodput = 0.8;
// Who stands in line for nothing is told so after `gateway.commands-patience`, half a second.
constexpr double kSlowestRefusalMs = 1'000;
// p99 afterwards, beside that from before.
constexpr double kNormal = 2;

void say(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
}

Stage to_stage(const std::string& name, const OpenLoad& load, const OpenResult& result) {
  Stage stage;
  stage.name = name;
  stage.offered = load.per_second;
  stage.goodput = result.wanted.per_second();
  stage.p50_ms = result.wanted.percentile_ms(0.50);
  stage.p99_ms = result.wanted.percentile_ms(0.99);
  stage.refused = result.refused.per_second();
  stage.refused_p50_ms = result.refused.percentile_ms(0.50);
  stage.refused_p99_ms = result.refused.percentile_ms(0.99);
  stage.others = result.others + result.broken;
  stage.held_back = result.held_back;
  return stage;
}

class Overload {
 public:
  explicit Overload(const OverloadOptions& options) : options_{options}, scene_{2} {}

  OverloadReport run() {
    find_peak();
    stage("before", kOrdinary * report_.peak);
    for (const double factor : options_.factors) {
      stage(fmt::format("{:g} x peak", factor), factor * report_.peak);
    }
    say("a moment to recover …");
    std::this_thread::sleep_for(kRecovery);
    stage("5 s later", kOrdinary * report_.peak);
    report_.orders_in_service = scene_.orders_in_service();
    return std::move(report_);
  }

 private:
  void find_peak() {
    say(fmt::format("peak, {} clients …", options_.clients));
    Load load{e2e::gateway_address(), options_.clients, std::chrono::seconds{3}, 201};
    report_.orders_received += run_load(load, scene_.orders()).wanted();
    load.duration = std::chrono::seconds{options_.seconds};
    const LoadResult result = run_load(load, scene_.orders());
    report_.orders_received += result.wanted();
    report_.peak = result.per_second();
  }

  void stage(const std::string& name, double per_second) {
    say(fmt::format("{}: {:.0f} orders per second …", name, per_second));
    OpenLoad load;
    load.address = e2e::gateway_address();
    load.per_second = per_second;
    load.duration = std::chrono::seconds{options_.seconds};
    const OpenResult result = run_open_load(load, scene_.orders());
    report_.orders_received += result.wanted.wanted();
    for (const auto& [status, count] : result.wanted.statuses) {
      say(fmt::format("{} answers {}", count, status));
    }
    report_.stages.push_back(to_stage(name, load, result));
  }

  const OverloadOptions options_;
  Scene scene_;
  OverloadReport report_;
};

}  // namespace

std::vector<std::string> OverloadReport::complaints() const {
  std::vector<std::string> complaints;
  for (const Stage& stage : stages) {
    const double expected = kLeastGoodput * std::min(stage.offered, peak);
    if (stage.goodput < expected) {
      complaints.push_back(fmt::format("{}: {:.0f} orders per second are less than {:.0f}",
                                       stage.name, stage.goodput, expected));
    }
    if (stage.others > 0) {
      complaints.push_back(
          fmt::format("{}: {} answers were neither orders nor refusals", stage.name, stage.others));
    }
  }
  for (const Stage& stage : stages) {
    if (stage.refused_p99_ms > kSlowestRefusalMs) {
      complaints.push_back(
          fmt::format("{}: refusals take {:.0f} ms", stage.name, stage.refused_p99_ms));
    }
  }
  if (!is_normal_again()) {
    complaints.push_back(fmt::format("{}: p99 is {:.0f} ms, before it was {:.0f}",
                                     stages.back().name, stages.back().p99_ms,
                                     stages.front().p99_ms));
  }
  if (orders_in_service != orders_received) {
    complaints.push_back(fmt::format("{} orders in the service, {} answers 201", orders_in_service,
                                     orders_received));
  }
  return complaints;
}

bool OverloadReport::is_normal_again() const {
  return stages.back().refused == 0 && stages.back().p99_ms <= kNormal * stages.front().p99_ms;
}

OverloadReport measure_overload(const OverloadOptions& options) {
  return Overload{options}.run();
}

std::string to_table(const OverloadReport& report) {
  std::string table = fmt::format("\nPeak: {:.0f} orders per second\n\n", report.peak);
  table += fmt::format("{:<12} {:>8} {:>8} {:>7} {:>9} {:>9} {:>9} {:>11} {:>11} {:>7} {:>9}\n",
                       "stage", "offered", "orders", "share", "p50 ms", "p99 ms", "refused",
                       "ref. p50", "ref. p99", "others", "held back");
  for (const Stage& stage : report.stages) {
    table += fmt::format(
        "{:<12} {:>8.0f} {:>8.0f} {:>5.0f} % {:>9.1f} {:>9.1f} {:>9.0f} {:>11.2f} {:>11.2f} "
        "{:>7} {:>9}\n",
        stage.name, stage.offered, stage.goodput, 100 * stage.goodput / report.peak, stage.p50_ms,
        stage.p99_ms, stage.refused, stage.refused_p50_ms, stage.refused_p99_ms, stage.others,
        stage.held_back);
  }
  table += '\n';
  for (const Stage& stage : report.stages) {
    if (stage.offered <= report.peak) continue;
    table += fmt::format(
        "{}: goodput {:.0f} % of the peak; {:.0f} refusals per second, half of them within "
        "{:.1f} ms, 99 % within {:.1f} ms\n",
        stage.name, 100 * stage.goodput / report.peak, stage.refused, stage.refused_p50_ms,
        stage.refused_p99_ms);
  }
  const Stage& before = report.stages.front();
  const Stage& after = report.stages.back();
  table += fmt::format("{}: p50 {:.1f} ms (before {:.1f}), p99 {:.1f} ms (before {:.1f}): {}\n",
                       after.name, after.p50_ms, before.p50_ms, after.p99_ms, before.p99_ms,
                       report.is_normal_again() ? "normal" : "not normal yet");
  const auto complaints = report.complaints();
  table += complaints.empty() ? "\nok     goodput holds, nothing was lost or done twice\n" : "\n";
  for (const std::string& complaint : complaints) table += "WRONG  " + complaint + '\n';
  return table;
}

json::object to_json(const OverloadReport& report) {
  json::array stages;
  for (const Stage& stage : report.stages) {
    stages.push_back(json::object{{"name", stage.name},
                                  {"offered", stage.offered},
                                  {"goodput", stage.goodput},
                                  {"p50_ms", stage.p50_ms},
                                  {"p99_ms", stage.p99_ms},
                                  {"refused", stage.refused},
                                  {"refused_p50_ms", stage.refused_p50_ms},
                                  {"refused_p99_ms", stage.refused_p99_ms},
                                  {"others", stage.others},
                                  {"held_back", stage.held_back}});
  }
  return {{"peak", report.peak},
          {"stages", std::move(stages)},
          {"orders_received", report.orders_received},
          {"orders_in_service", report.orders_in_service}};
}

}  // namespace waybill::bench
