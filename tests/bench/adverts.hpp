// How fast ads are chosen: 1,000 campaigns and clients in a closed loop, at half that load in an
// open one, and at the same load among 100,000 campaigns.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "tests/bench/cpu.hpp"

namespace waybill::bench {

struct AdvertsOptions {
  std::size_t campaigns = 1'000;
  std::size_t many_campaigns = 100'000;
  std::size_t clients = 1'000;  // of the advertising contract
  std::size_t connections = 32;
  int rounds = 3;
  int seconds = 5;  // of a round
};

struct AdvertsReport {
  struct Stage {
    std::string name;
    double offered = 0;  // per second; 0: a closed loop
    double per_second = 0;
    double p50_ms = 0;
    double p99_ms = 0;
    double most_ms = 0;  // the mark for p99; 0: none
  };
  std::vector<Stage> stages;
  double sql = 0;             // impressions per second that plain SQL commits
  double bare = 0;            // answers per second of an empty server
  double choice_cpu_ms = 0;   // per choice of the closed loop, over all processes
  CpuSeconds programs;        // of that loop
  std::int64_t choices = 0;   // of that loop
  double behind_s = 0;        // of the report service's copy, when the half load ended
  std::int64_t shown = 0;     // answers 200 of the whole run
  std::int64_t recorded = 0;  // impressions in the advertisers' statistics
  std::int64_t others = 0;    // answers that were no 200

  // What is wrong with it, for a person; empty: nothing.
  std::vector<std::string> complaints() const;
};

AdvertsReport measure_adverts(const AdvertsOptions& options);
std::string to_table(const AdvertsReport& report);
boost::json::object to_json(const AdvertsReport& report);

}  // namespace waybill::bench
