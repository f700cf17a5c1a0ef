#include "tools/waybill/replay/run.hpp"

#include <thread>

#include "libs/core/digest.hpp"

namespace waybill::tool::replay {
namespace {

using Clock = std::chrono::steady_clock;
using messaging::Event;

constexpr std::size_t portion = 500;
constexpr milliseconds between_checkpoints{500};
constexpr milliseconds patience{10'000};  // for events that must be there

// The events of a plan, a portion at a time, each partition in its order.
class EventSource {
 public:
  virtual ~EventSource() = default;
  virtual bool is_finished() const = 0;
  virtual std::vector<Event> next() = 0;
};

class TopicSource final : public EventSource {
 public:
  TopicSource(messaging::KafkaBroker& kafka, const Plan& plan, const Places& next, std::size_t most)
      : most_{most} {
    std::vector<messaging::TopicPartition> starts;
    for (const Range& range : plan.ranges) {
      const auto resumed = next.find({range.topic, range.partition});
      const std::int64_t from = resumed == next.end() ? range.from : resumed->second;
      if (from >= range.until) continue;
      starts.push_back({range.topic, range.partition, from});
      open_[{range.topic, range.partition}] = range.until;
    }
    if (!starts.empty()) consumer_ = kafka.read(std::move(starts));
  }

  bool is_finished() const override { return open_.empty(); }

  std::vector<Event> next() override {
    std::vector<Event> events = consumer_->poll(most_, patience);
    if (events.empty()) throw std::runtime_error{"the topics do not hold what was planned"};
    std::erase_if(events, [this](const Event& event) { return !take(event); });
    return events;
  }

 private:
  bool take(const Event& event) {
    const auto open = open_.find({event.topic, event.partition});
    if (open == open_.end() || event.offset >= open->second) return false;
    if (event.offset + 1 == open->second) open_.erase(open);
    return true;
  }

  std::size_t most_;
  Places open_;
  std::unique_ptr<messaging::EventConsumer> consumer_;
};

class FileSource final : public EventSource {
 public:
  FileSource(const Plan& plan, std::size_t most) : content_{read_file(plan.file)}, most_{most} {
    if (sha256_hex(content_) != plan.file_digest) {
      throw std::runtime_error{plan.file + " has changed since it was planned"};
    }
  }

  bool is_finished() const override { return at_ >= content_.size(); }

  std::vector<Event> next() override {
    std::vector<Event> events;
    while (!is_finished() && events.size() < most_) {
      const std::size_t end = std::min(content_.find('\n', at_), content_.size());
      const auto event = event_from_line(std::string_view{content_}.substr(at_, end - at_));
      if (!event) throw std::runtime_error{"a line can't be read, or was written masked"};
      events.push_back(*event);
      at_ = end + 1;
    }
    return events;
  }

 private:
  std::string content_;
  std::size_t most_;
  std::size_t at_ = 0;
};

class Run {
 public:
  Run(const Plan& plan, messaging::KafkaBroker& kafka, Sink& sink, const RunOptions& options)
      : plan_{plan}, kafka_{kafka}, sink_{sink}, options_{options} {}

  Outcome go() {
    const auto before = read_checkpoint(options_.checkpoint);
    const bool resumes = before && !before->finished && before->plan.id() == plan_.id();
    if (resumes) {
      checkpoint_ = *before;
    } else {
      checkpoint_.plan = plan_;
    }
    if (!plan_.file.empty()) checkpoint_.done = 0;  // a file is read from its beginning again
    const std::set<Source> there = sink_.begin(checkpoint_, resumes);
    // From here on a kill is known to have happened within this plan.
    write_checkpoint(options_.checkpoint, checkpoint_);
    const auto source = open_source();
    while (!source->is_finished() && !must_stop()) {
      const std::vector<Event> events = source->next();
      bring(events, there);
    }
    checkpoint_.finished = source->is_finished();
    write_checkpoint(options_.checkpoint, checkpoint_);
    if (checkpoint_.finished && seen_ != plan_.matching && !resumes) {
      throw std::runtime_error{
          fmt::format("planned were {} events, found were {}", plan_.matching, seen_)};
    }
    return {written_, checkpoint_.done, checkpoint_.finished};
  }

 private:
  // Small portions where the rate is low, so that it is even.
  std::size_t most() const {
    if (options_.rate == 0) return portion;
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(options_.rate / 10, 1, static_cast<std::int64_t>(portion)));
  }

  std::unique_ptr<EventSource> open_source() {
    if (!plan_.file.empty()) return std::make_unique<FileSource>(plan_, most());
    return std::make_unique<TopicSource>(kafka_, plan_, checkpoint_.next, most());
  }

  bool must_stop() {
    while (options_.pause && *options_.pause && !(options_.stop && *options_.stop)) {
      std::this_thread::sleep_for(milliseconds{50});
    }
    return options_.stop && *options_.stop;
  }

  void bring(const std::vector<Event>& events, const std::set<Source>& there) {
    std::vector<Event> wanted;
    std::int64_t known = 0;
    for (const Event& event : events) {
      if (!events::matches(plan_.conditions, event)) continue;
      ++seen_;
      if (there.contains(source_of(event))) {
        ++known;
      } else {
        wanted.push_back(event);
      }
    }
    if (!wanted.empty()) {
      sink_.write(wanted);
      written_ += std::ssize(wanted);
    }
    checkpoint_.done += std::ssize(wanted) + known;
    if (plan_.file.empty()) {
      for (const Event& event : events) {
        checkpoint_.next[{event.topic, event.partition}] = event.offset + 1;
      }
    }
    if (Clock::now() >= next_checkpoint_) {
      write_checkpoint(options_.checkpoint, checkpoint_);
      next_checkpoint_ = Clock::now() + between_checkpoints;
    }
    if (options_.tell) options_.tell(checkpoint_.done, plan_.matching);
    keep_rate();
  }

  void keep_rate() {
    if (options_.rate == 0) return;
    const auto due = started_ + std::chrono::microseconds{written_ * 1'000'000 / options_.rate};
    while (Clock::now() < due && !(options_.stop && *options_.stop)) {
      std::this_thread::sleep_for(std::min<Clock::duration>(due - Clock::now(), milliseconds{50}));
    }
  }

  const Plan& plan_;
  messaging::KafkaBroker& kafka_;
  Sink& sink_;
  const RunOptions& options_;
  Checkpoint checkpoint_;
  Clock::time_point started_ = Clock::now();
  Clock::time_point next_checkpoint_ = Clock::now() + between_checkpoints;
  std::int64_t written_ = 0;
  std::int64_t seen_ = 0;
};

}  // namespace

Outcome run(const Plan& plan, messaging::KafkaBroker& kafka, Sink& sink,
            const RunOptions& options) {
  return Run{plan, kafka, sink, options}.go();
}

}  // namespace waybill::tool::replay
