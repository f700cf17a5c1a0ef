// Carries a plan out.
#pragma once

#include <atomic>
#include <functional>

#include "tools/waybill/replay/sinks.hpp"

namespace waybill::tool::replay {

struct RunOptions {
  std::int64_t rate = 0;  // events per second, at most; 0: as many as can be
  std::string checkpoint;
  const std::atomic<bool>* stop = nullptr;
  const std::atomic<bool>* pause = nullptr;
  std::function<void(std::int64_t done, std::int64_t total)> tell;
};

struct Outcome {
  std::int64_t written = 0;  // by this call
  std::int64_t done = 0;     // all together
  bool finished = false;     // false: stopped; run it again to go on
};

// Goes on where an unfinished run of the same plan has stopped. Throws std::runtime_error when the
// topics do not hold any more what was planned.
Outcome run(const Plan& plan, messaging::KafkaBroker& kafka, Sink& sink, const RunOptions& options);

}  // namespace waybill::tool::replay
