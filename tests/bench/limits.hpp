// What the machine could do at best, measured in the same run.
#pragma once

#include <chrono>
#include <cstdint>

#include "tests/bench/load.hpp"

namespace waybill::bench {

struct SqlLimit {
  double orders_per_second = 0;
  double milliseconds_per_batch = 0;
};

// Inbox, stock, ledger, order, lines and outbox of `batch` orders of `lines` lines in one
// transaction of plain set-based SQL, again and again over `connections` connections, in a scratch
// database of the instance's PostgreSQL. No broker, no HTTP, no decisions.
SqlLimit measure_sql(std::size_t connections, std::size_t batch, std::size_t lines,
                     std::chrono::milliseconds duration);

// Impressions per second: inbox, row, counter and event of `batch` of them in one transaction after
// the other, as those of the advert service are; nothing is decided.
double measure_impressions_sql(std::size_t batch, std::chrono::milliseconds duration);

// libs/web's server in this process, on a thread of its own, with `body` as the answer to all.
LoadResult measure_bare_server(std::size_t clients, const std::string& body,
                               std::chrono::milliseconds duration);

}  // namespace waybill::bench
