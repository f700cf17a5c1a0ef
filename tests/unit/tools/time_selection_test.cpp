// Selections by time against a plain walk over all events, whatever times the topic has.
#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include "tools/waybill/events/reader.hpp"

using namespace waybill;
using namespace waybill::tool::events;
using messaging::Event;
using messaging::TopicPartition;

namespace {

using Log = std::vector<Event>;

// Partitions whose events have the times that a test gives them; finds offsets as Kafka does.
class WrittenTopic final : public messaging::KafkaBroker {
 public:
  explicit WrittenTopic(const std::vector<std::vector<int>>& stamps) {
    for (const auto& of_partition : stamps) {
      Log& log = logs_.emplace_back();
      for (const int stamp : of_partition) {
        Event event;
        event.topic = "films";
        event.partition = static_cast<std::int32_t>(logs_.size()) - 1;
        event.offset = std::ssize(log);
        event.timestamp_ms = stamp;
        log.push_back(event);
      }
    }
  }

  std::vector<messaging::PartitionInfo> partitions(const std::string&) override {
    std::vector<messaging::PartitionInfo> infos;
    for (const Log& log : logs_) {
      infos.push_back({.partition = static_cast<std::int32_t>(infos.size()),
                       .first = 0,
                       .end = std::ssize(log)});
    }
    return infos;
  }
  // The first offset whose time is not earlier.
  std::vector<TopicPartition> offsets_at(const std::string& topic, Instant at) override {
    std::vector<TopicPartition> places;
    for (const Log& log : logs_) {
      const auto first = std::ranges::find_if(
          log, [&](const Event& event) { return event.timestamp_ms >= to_unix_millis(at); });
      places.push_back({topic, static_cast<std::int32_t>(places.size()), first - log.begin()});
    }
    return places;
  }
  std::unique_ptr<messaging::EventConsumer> read(std::vector<TopicPartition> from) override;

  std::unique_ptr<messaging::EventProducer> make_producer(const std::string&) override {
    throw std::logic_error{"nothing is written here"};
  }
  std::unique_ptr<messaging::EventConsumer> join_group(messaging::GroupOptions) override {
    throw std::logic_error{"nobody joins here"};
  }
  void create_topic(const std::string&, int, const messaging::Headers&) override {}
  void delete_topic(const std::string&) override {}
  bool is_connected() const override { return true; }

 private:
  std::vector<Log> logs_;
};

class WrittenEvents final : public messaging::EventConsumer {
 public:
  explicit WrittenEvents(Log events) : events_{std::move(events)} {}
  std::vector<Event> poll(std::size_t most, milliseconds) override {
    const std::size_t count = std::min(most, events_.size() - next_);
    const auto first = events_.begin() + static_cast<std::ptrdiff_t>(next_);
    next_ += count;
    return {first, first + static_cast<std::ptrdiff_t>(count)};
  }
  void seek(const TopicPartition&) override {}

 private:
  Log events_;
  std::size_t next_ = 0;
};

std::unique_ptr<messaging::EventConsumer> WrittenTopic::read(std::vector<TopicPartition> from) {
  Log events;
  for (const TopicPartition& start : from) {
    const Log& log = logs_.at(static_cast<std::size_t>(start.partition));
    events.insert(events.end(), log.begin() + start.offset, log.end());
  }
  return std::make_unique<WrittenEvents>(std::move(events));
}

using Place = std::pair<std::int32_t, std::int64_t>;

Position time(int stamp) {
  return {Position::Kind::time, 0, from_unix_micros(stamp * 1'000)};
}

}  // namespace

TEST_CASE("a selection by time takes exactly what lies in it, wherever it stands",
          "[events][property]") {
  const bool holds = rc::check("time", [] {
    const auto stamp = rc::gen::inRange(0, 40);
    const auto stamps = *rc::gen::container<std::vector<std::vector<int>>>(
        3, rc::gen::container<std::vector<int>>(stamp));
    const int from = *stamp, until = *stamp;
    Selection selection;
    selection.topics = {"films"};
    selection.from = time(from);
    selection.until = time(until);

    std::set<Place> expected, found;
    for (std::size_t partition = 0; partition < stamps.size(); ++partition) {
      for (std::size_t offset = 0; offset < stamps[partition].size(); ++offset) {
        const int at = stamps[partition][offset];
        if (at >= from && at < until) expected.emplace(partition, offset);
      }
    }
    WrittenTopic topic{stamps};
    const std::atomic<bool> never{false};
    const std::int64_t count =
        read_events(topic, selection, Mode::show, never,
                    [&](const Event& event) { found.emplace(event.partition, event.offset); });
    RC_ASSERT(found == expected);
    RC_ASSERT(count == std::ssize(expected));
  });
  CHECK(holds);
}
