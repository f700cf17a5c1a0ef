#include "libs/projection/places.hpp"

#include <algorithm>

namespace waybill::projection {
namespace {

constexpr std::size_t most_events = 10'000;  // more states of a key fall into one row
constexpr milliseconds poll_time{200};
// The last offsets of a partition may be gone (compaction): then its end is never seen.
constexpr int empty_polls_at_end = 25;

}  // namespace

Places read_places(const pg::Rows& rows) {
  Places places;
  for (const pg::Row row : rows) {
    places[{std::string{row.text(0)}, static_cast<std::int32_t>(row.integer(1))}] = row.integer(2);
  }
  return places;
}

std::int64_t place_in(const Places& places, const Partition& partition) {
  const auto found = places.find(partition);
  return found == places.end() ? 0 : found->second;
}

std::int64_t distance(const Places& from, const Places& to) {
  std::int64_t sum = 0;
  for (const auto& [partition, end] : to) {
    sum += std::max<std::int64_t>(0, end - place_in(from, partition));
  }
  return sum;
}

Range::Range(messaging::KafkaBroker& kafka, const Places& from, const Places& to) : kafka_{kafka} {
  std::vector<messaging::TopicPartition> starts;
  for (const auto& [partition, end] : to) {
    const std::int64_t start = place_in(from, partition);
    if (start >= end) continue;
    starts.push_back({partition.first, partition.second, start});
    open_[partition] = end;
  }
  if (!starts.empty()) consumer_ = kafka.read(std::move(starts));
}

std::vector<messaging::Event> Range::next() {
  std::vector<messaging::Event> events = consumer_->poll(most_events, poll_time);
  std::erase_if(events, [this](const messaging::Event& event) { return !take(event); });
  empty_polls_ = events.empty() ? empty_polls_ + 1 : 0;
  if (empty_polls_ == empty_polls_at_end) {
    if (!kafka_.is_connected()) throw std::runtime_error{"Kafka went away while reading"};
    open_.clear();
  }
  return events;
}

bool Range::take(const messaging::Event& event) {
  const auto open = open_.find({event.topic, event.partition});
  if (open == open_.end()) return false;
  const bool inside = event.offset < open->second;
  if (event.offset + 1 >= open->second) open_.erase(open);
  return inside;
}

}  // namespace waybill::projection
