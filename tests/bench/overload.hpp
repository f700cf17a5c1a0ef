// What becomes of the platform when more is asked of it than it can do: its peak in a closed loop,
// then twice and ten times as much in an open one, and how soon it is itself again.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "tests/bench/scene.hpp"

namespace waybill::bench {

struct OverloadOptions {
  int seconds = 10;           // of each stage
  std::size_t clients = 128;  // that find the peak
  std::vector<double> factors{2, 10};
};

struct Stage {
  std::string name;
  double offered = 0;  // per second
  double goodput = 0;  // wanted answers per second
  double p50_ms = 0;   // of those
  double p99_ms = 0;
  double refused = 0;  // per second
  double refused_p50_ms = 0;
  double refused_p99_ms = 0;
  std::int64_t others = 0;
  std::int64_t held_back = 0;
};

struct OverloadReport {
  double peak = 0;
  std::vector<Stage> stages;  // the last one five seconds after the overload
  std::int64_t orders_received = 0;
  std::int64_t orders_in_service = 0;

  // Nobody is refused any more, and those who are served hardly wait longer than before.
  bool is_normal_again() const;
  // Goodput at least 80 % of the peak at each factor, refusals within a second, normal afterwards,
  // all answers orders or refusals, nothing lost.
  std::vector<std::string> complaints() const;
};

OverloadReport measure_overload(const OverloadOptions& options);
std::string to_table(const OverloadReport& report);
boost::json::object to_json(const OverloadReport& report);

}  // namespace waybill::bench
