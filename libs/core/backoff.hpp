// How long to wait before the next try: exponential with full jitter, so that many callers don't
// come back together.
#pragma once

#include <chrono>

namespace waybill {

class Backoff {
 public:
  explicit Backoff(std::chrono::milliseconds first = std::chrono::milliseconds{50},
                   std::chrono::milliseconds most = std::chrono::seconds{5})
      : first_{first}, most_{most} {}

  // Somewhere between half of the present step and the whole of it; the step doubles with each
  // call.
  std::chrono::milliseconds next();
  void reset() { tries_ = 0; }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds most_;
  int tries_ = 0;
};

}  // namespace waybill
