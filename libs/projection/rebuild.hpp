// Events applied to tables that nobody reads yet, as fast as it goes.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>

#include "libs/projection/definition.hpp"
#include "libs/projection/places.hpp"

namespace waybill::projection {

struct RebuildProgress {
  std::int64_t done = 0;   // events, since this call
  std::int64_t total = 0;  // of this call
  std::int64_t parked = 0;
};

// One run of some threads that share the partitions.
class Rebuild {
 public:
  // `connect`: a connection of its own for each thread, on which names are the rebuilt tables.
  Rebuild(const Definition& definition, messaging::KafkaBroker& kafka,
          std::function<pg::Connection()> connect);

  // From where the tables stand (`from`: only to tell how much there is to do) to `to`; ends early,
  // between two batches, once `must_stop` says so. Returns the events applied; throws what the
  // first thread that failed has thrown.
  std::int64_t run(const Places& from, const Places& to, std::size_t workers,
                   const std::function<bool()>& must_stop,
                   const std::function<void(const RebuildProgress&)>& tell);

 private:
  void work(const Places& share);
  void apply_all(const Places& share);
  RebuildProgress progress(std::int64_t total) const;

  const Definition& definition_;
  messaging::KafkaBroker& kafka_;
  std::function<pg::Connection()> connect_;
  std::atomic<std::int64_t> done_{0}, parked_{0}, running_{0};
  std::atomic<bool> ended_{false};
  std::mutex mutex_;
  std::exception_ptr failure_;  // the first; guarded by the mutex
};

}  // namespace waybill::projection
