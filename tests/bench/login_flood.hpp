// What a flood of logins does to everybody else: product reads go on while ten times as many
// passwords arrive as the hashing pool takes. The rate limit of logins has to be off for this
// instance (WAYBILL_LIMIT_USERS=off), or it keeps the flood away before the pool sees it.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

namespace waybill::bench {

struct LoginFloodOptions {
  int seconds = 10;  // of each stage
  double factor = 10;
  std::size_t read_clients = 8;
};

struct LoginFloodReport {
  double logins_peak = 0;  // per second, in a closed loop
  double offered = 0;      // per second
  double logins = 0;       // per second, during the flood
  double refused = 0;
  double refused_p99_ms = 0;
  std::int64_t others = 0;
  double reads_alone = 0;  // per second
  double reads_alone_p99_ms = 0;
  double reads = 0;  // during the flood
  double reads_p99_ms = 0;
  // Resident MiB before and at most since the flood.
  double identity_before = 0, identity_peak = 0;
  double gateway_before = 0, gateway_peak = 0;

  double slower() const;  // p99 of reads in the flood, times that without one
  std::vector<std::string> complaints() const;
};

LoginFloodReport measure_login_flood(const LoginFloodOptions& options);
std::string to_table(const LoginFloodReport& report);
boost::json::object to_json(const LoginFloodReport& report);

}  // namespace waybill::bench
