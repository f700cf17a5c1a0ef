// What was measured, as a table and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "tests/bench/cpu.hpp"
#include "tests/bench/limits.hpp"

namespace waybill::bench {

// The round with the median speed, of one number of clients.
struct Figures {
  std::size_t clients = 0;
  double per_second = 0;
  double p50_ms = 0;
  double p95_ms = 0;
  double p99_ms = 0;
  double cpu_ms = 0;            // per answer, over all processes of the instance
  double generator_cpu_ms = 0;  // per answer, of the load generator itself
  CpuSeconds programs;          // of the round
  std::int64_t answers = 0;     // of the round
};

struct Check {
  std::int64_t received = 0;  // 201s, warm-up included
  std::int64_t in_service = 0;
  std::int64_t units_sold = 0;
  std::int64_t units_gone = 0;
  std::int64_t others = 0;  // answers that were no 201

  bool nothing_lost() const { return received == in_service; }
  bool stock_right() const { return units_sold == units_gone; }
  bool good() const { return nothing_lost() && stock_right() && others == 0; }
};

struct Report {
  std::size_t lines = 2;  // of an order
  std::vector<Figures> orders;
  Figures reads;
  SqlLimit sql;
  Figures bare;
  Check check;
};

std::string to_table(const Report& report);
boost::json::object to_json(const Report& report);

}  // namespace waybill::bench
