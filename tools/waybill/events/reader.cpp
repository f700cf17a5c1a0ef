#include "tools/waybill/events/reader.hpp"

#include <map>

namespace waybill::tool::events {
namespace {

using messaging::Event;
using messaging::PartitionInfo;
using messaging::TopicPartition;
using Partition = std::pair<std::string, std::int32_t>;

constexpr std::size_t kBatch = 500;
constexpr milliseconds kPoll{200};
// The last offsets of a partition may be gone (compaction): then its end is never seen.
constexpr int kEmptyPollsAtEnd = 25;

class Reader {
 public:
  Reader(messaging::KafkaBroker& kafka, const Selection& selection, Mode mode)
      : kafka_{kafka}, selection_{selection}, mode_{mode} {
    for (const std::string& topic : selection.topics) find_partitions(topic);
  }

  std::int64_t read(const std::atomic<bool>& stop, const std::function<void(const Event&)>& sink) {
    if (is_finished()) return 0;
    const auto consumer = kafka_.read(start_);
    int empty_polls = 0;
    while (!stop && !is_finished()) {
      const auto events = consumer->poll(kBatch, kPoll);
      for (const Event& event : events) {
        take(event, sink);
        if (limit_reached()) return count_;
      }
      empty_polls = events.empty() ? empty_polls + 1 : 0;
      if (mode_ == Mode::show && empty_polls == kEmptyPollsAtEnd) {
        if (kafka_.is_connected()) break;
        throw std::runtime_error{"Kafka went away while reading"};
      }
    }
    return count_;
  }

 private:
  void find_partitions(const std::string& topic) {
    const std::vector<TopicPartition> starts = starts_of(topic);
    bool found = false;
    for (const PartitionInfo& info : kafka_.partitions(topic)) {
      if (selection_.partition && *selection_.partition != info.partition) continue;
      add_partition(topic, info, starts);
      found = true;
    }
    if (!found && selection_.partition) {
      throw std::runtime_error{fmt::format("{} has no partition {}", topic, *selection_.partition)};
    }
  }

  std::vector<TopicPartition> starts_of(const std::string& topic) {
    if (selection_.from.kind != Position::Kind::time) return {};
    return kafka_.offsets_at(topic, selection_.from.at);
  }

  void add_partition(const std::string& topic, const PartitionInfo& info,
                     const std::vector<TopicPartition>& starts) {
    const std::int64_t offset = start_offset(info, starts);
    if (mode_ == Mode::show && offset >= info.end) return;
    start_.push_back({topic, info.partition, offset});
    open_[{topic, info.partition}] = info.end;
  }

  std::int64_t start_offset(const PartitionInfo& info,
                            const std::vector<TopicPartition>& starts) const {
    switch (selection_.from.kind) {
      case Position::Kind::beginning:
        return info.first;
      case Position::Kind::end:
        return info.end;
      case Position::Kind::offset:
        return std::clamp(selection_.from.offset, info.first, info.end);
      case Position::Kind::time:
        break;
    }
    for (const TopicPartition& start : starts) {
      if (start.partition == info.partition) return start.offset < 0 ? info.end : start.offset;
    }
    return info.end;
  }

  void take(const Event& event, const std::function<void(const Event&)>& sink) {
    const auto open = open_.find({event.topic, event.partition});
    if (open == open_.end()) return;
    // Behind a time there may be earlier ones: a partition is shown to its end.
    const bool by_time = selection_.until && selection_.until->kind == Position::Kind::time;
    const bool past_until =
        selection_.until && !(by_time && mode_ == Mode::show) && is_past(*selection_.until, event);
    const bool past_end = mode_ == Mode::show && event.offset >= open->second;
    const bool last = mode_ == Mode::show && event.offset + 1 >= open->second;
    if (!past_until && !past_end && matches(selection_, event)) {
      sink(event);
      ++count_;
    }
    if (past_until || past_end || last) open_.erase(open);
  }

  bool is_finished() const { return open_.empty(); }
  bool limit_reached() const { return selection_.limit && count_ >= *selection_.limit; }

  messaging::KafkaBroker& kafka_;
  const Selection& selection_;
  Mode mode_;
  std::vector<TopicPartition> start_;
  std::map<Partition, std::int64_t> open_;  // partitions still to read → their end at the start
  std::int64_t count_ = 0;
};

}  // namespace

std::int64_t read_events(messaging::KafkaBroker& kafka, const Selection& selection, Mode mode,
                         const std::atomic<bool>& stop,
                         const std::function<void(const Event&)>& sink) {
  return Reader{kafka, selection, mode}.read(stop, sink);
}

}  // namespace waybill::tool::events
