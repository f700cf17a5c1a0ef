// A closed-loop load generator: each connection sends its next request when the answer to the last
// one is there. Requests are ready bytes, answers are looked at just enough; one thread, so that on
// a small machine most of it is left for what is measured.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace waybill::bench {

// A request as bytes, and what it is worth to the check at the end.
struct Shot {
  std::string bytes;
  std::int64_t units = 0;
};

// "GET /v1/… HTTP/1.1" by ops, with Host and, where there is a body, Content-Type and -Length.
std::string request_bytes(const std::string& method, const std::string& target,
                          const std::string& host, const std::string& body = {});

struct LoadResult {
  std::map<int, std::int64_t> statuses;
  std::vector<std::uint32_t> micros;  // of the wanted answers, sorted
  std::int64_t units = 0;             // of the wanted answers
  std::chrono::duration<double> time{};

  std::int64_t wanted() const { return static_cast<std::int64_t>(micros.size()); }
  double per_second() const { return static_cast<double>(wanted()) / time.count(); }
  double percentile_ms(double share) const;
};

struct Load {
  std::string address;  // host:port
  std::size_t clients = 1;
  std::chrono::milliseconds duration{5'000};
  int wanted_status = 200;
};

// Ends when each connection has the answer to its last request: nothing is left on the way.
// `shots` is gone through in order, shared by all clients, again and again. Throws
// std::runtime_error when a connection breaks.
LoadResult run_load(const Load& load, const std::vector<Shot>& shots);

}  // namespace waybill::bench
