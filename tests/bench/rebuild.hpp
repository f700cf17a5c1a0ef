// How fast a projection is built anew from its topic, beside a consumer that does nothing with the
// same events; and what others see of it while orders come in and the tables are switched.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

namespace waybill::bench {

struct RebuildOptions {
  std::int64_t orders = 100'000;  // three events each
  std::vector<std::size_t> workers{1, 2};
};

struct RebuildReport {
  struct Run {
    std::size_t workers = 1;
    double per_second = 0;
  };
  // Once more from offset 0, with everything going on, and then the switch.
  struct Busy {
    double per_second = 0;
    std::int64_t told = 0;  // events that came in meanwhile
    std::int64_t reads = 0;
    std::int64_t failed_reads = 0;
    double longest_read_ms = 0;
    bool switched = false;
  };
  std::int64_t events = 0;
  double consumer = 0;  // events per second, the plain consumer
  std::vector<Run> runs;
  Busy busy;
  std::int64_t differences = 0;  // of the rebuild from the live tables

  // What is wrong with it, for a person; empty: nothing.
  std::vector<std::string> complaints() const;
};

// Fills a topic and a database of its own, with WAYBILL_KAFKA_BROKERS and WAYBILL_PG_ADMIN_URL.
RebuildReport measure_rebuild(const RebuildOptions& options);

std::string to_table(const RebuildReport& report);
boost::json::object to_json(const RebuildReport& report);

}  // namespace waybill::bench
