// How far behind a consumer is in time: where a partition ended, and when that was seen. The time
// of the last event read would not do: after an hour without events, the first new one would be an
// hour's lag. What lay there before this process looked counts from when it looked.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace waybill::messaging::kafka {

class SeenEnds {
 public:
  using Clock = std::chrono::steady_clock;

  // The partition ends at `end` now, and `next` is what will be read next: since when is `next`
  // less than the end?
  std::chrono::duration<double> behind(Clock::time_point now, std::int64_t end, std::int64_t next);

 private:
  struct Seen {
    Clock::time_point at;
    std::int64_t end;
  };
  std::deque<Seen> seen_;  // both rise
};

}  // namespace waybill::messaging::kafka
