#include "libs/messaging/kafka/seen_ends.hpp"

namespace waybill::messaging::kafka {
namespace {

// At one look a second this is some four minutes exactly, and coarser beyond.
constexpr std::size_t kMost = 256;

}  // namespace

std::chrono::duration<double> SeenEnds::behind(Clock::time_point now, std::int64_t end,
                                               std::int64_t next) {
  if (seen_.empty() || end > seen_.back().end) seen_.push_back({now, end});
  while (!seen_.empty() && seen_.front().end <= next) seen_.pop_front();
  if (seen_.size() > kMost) {
    // Every other one goes: the oldest stays, and it is what is asked for.
    std::deque<Seen> fewer;
    for (std::size_t i = 0; i < seen_.size(); i += 2) fewer.push_back(seen_[i]);
    if (seen_.size() % 2 == 0) fewer.push_back(seen_.back());
    seen_.swap(fewer);
  }
  if (seen_.empty()) return std::chrono::duration<double>::zero();
  return now - seen_.front().at;
}

}  // namespace waybill::messaging::kafka
