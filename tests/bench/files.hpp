// How fast a large document goes through the gateway into the store and back, beside what the
// machine does with the same bytes at best, and what memory it takes of each process.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json.hpp>

namespace waybill::bench {

struct FilesOptions {
  std::uint64_t bytes = std::uint64_t{1024} * 1024 * 1024;
  int rounds = 3;
};

struct FilesReport {
  // Bytes per second, the median of the rounds.
  double up = 0;
  double down = 0;
  double hash_and_write = 0;  // SHA-256 while writing to a file, and fsync: one thread, no network
  double nginx = 0;           // the same bytes as a static file; 0: there is no nginx
  std::uint64_t bytes = 0;

  // How much the largest resident set of a process grew over its size before: kB.
  struct Growth {
    std::string program;
    std::int64_t up = 0;
    std::int64_t down = 0;
  };
  std::vector<Growth> growth;
  std::vector<std::string> faults;  // answers that were others, bytes that differ

  // What is wrong with it, for a person; empty: nothing.
  std::vector<std::string> complaints() const;
};

// Against the running instance, as its first account.
FilesReport measure_files(const FilesOptions& options);

std::string to_table(const FilesReport& report);
boost::json::object to_json(const FilesReport& report);

}  // namespace waybill::bench
