#include <condition_variable>
#include <mutex>

#include "libs/messaging/memory.hpp"
#include "libs/messaging/partitioner.hpp"

namespace waybill::messaging {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

using Key = std::pair<std::string, std::int32_t>;  // topic and partition
using Log = std::vector<Event>;

std::runtime_error unknown_topic(const std::string& topic) {
  return std::runtime_error{fmt::format("Kafka: topic {}: unknown", topic)};
}

// Topics, and who of a group owns which partition. Everything under one lock.
struct Topics {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, std::vector<Log>, std::less<>> logs;
  struct Group {
    std::vector<const void*> members;
    std::map<Key, const void*> owners;
  };
  std::map<std::string, Group> groups;

  const Log* find(const Key& key) const {
    const auto topic = logs.find(key.first);
    if (topic == logs.end()) return nullptr;
    const auto partition = static_cast<std::size_t>(key.second);
    return partition < topic->second.size() ? &topic->second[partition] : nullptr;
  }

  std::int64_t end_of(const Key& key) const {
    const auto* log = find(key);
    return log == nullptr ? 0 : static_cast<std::int64_t>(log->size());
  }
};

class MemoryProducer final : public EventProducer {
 public:
  explicit MemoryProducer(std::shared_ptr<Topics> topics) : topics_{std::move(topics)} {}

  std::vector<bool> produce(std::span<const Event> events, milliseconds) override {
    std::vector<bool> stored;
    {
      std::lock_guard lock{topics_->mutex};
      for (const auto& event : events) stored.push_back(append(event));
    }
    topics_->changed.notify_all();
    return stored;
  }

  void purge() override {}  // nothing is ever in flight

 private:
  bool append(const Event& event) {
    const auto topic = topics_->logs.find(event.topic);
    if (topic == topics_->logs.end()) return false;
    auto& logs = topic->second;
    const auto count = static_cast<std::int32_t>(logs.size());
    auto copy = event;
    copy.partition = event.key.empty() ? next_++ % count : partition_of(event.key, count);
    auto& log = logs[static_cast<std::size_t>(copy.partition)];
    copy.offset = static_cast<std::int64_t>(log.size());
    copy.timestamp_ms = to_unix_millis(now());
    log.push_back(std::move(copy));
    return true;
  }

  const std::shared_ptr<Topics> topics_;
  std::int32_t next_ = 0;  // guarded by the topics' lock
};

class MemoryReader : public EventConsumer {
 public:
  MemoryReader(std::shared_ptr<Topics> topics, const std::vector<TopicPartition>& from)
      : topics_{std::move(topics)} {
    std::lock_guard lock{topics_->mutex};
    for (const auto& position : from) place(position);
  }

  std::vector<Event> poll(std::size_t most, milliseconds wait) override {
    const auto until = Clock::now() + wait;
    std::unique_lock lock{topics_->mutex};
    for (;;) {
      before_read(lock);
      auto events = read(most);
      if (!events.empty() || Clock::now() >= until) return events;
      // A poll now and then: a member of a group may have to make room for another.
      topics_->changed.wait_until(lock, std::min(until, Clock::now() + milliseconds{50}));
    }
  }

  void seek(const TopicPartition& position) override {
    std::lock_guard lock{topics_->mutex};
    if (!next_.contains({position.topic, position.partition})) {
      throw std::runtime_error{"seek: the partition is not assigned"};
    }
    place(position);
  }

 protected:
  virtual void before_read(std::unique_lock<std::mutex>&) {}

  void place(const TopicPartition& position) {
    const Key key{position.topic, position.partition};
    const auto start = position.offset == -2 ? topics_->end_of(key) : position.offset;
    next_[key] = std::max<std::int64_t>(start, 0);
  }

  std::vector<Event> read(std::size_t most) {
    std::vector<Event> events;
    for (auto& [key, next] : next_) {
      const auto end = topics_->end_of(key);
      for (; next < end && events.size() < most; ++next) {
        events.push_back((*topics_->find(key))[static_cast<std::size_t>(next)]);
      }
    }
    return events;
  }

  const std::shared_ptr<Topics> topics_;
  std::map<Key, std::int64_t> next_;  // guarded by the topics' lock
};

// Partitions are dealt out in turn. A member gives up what is another's first, so that a partition
// never has two owners.
class MemoryMember final : public MemoryReader {
 public:
  MemoryMember(std::shared_ptr<Topics> topics, GroupOptions options)
      : MemoryReader{std::move(topics), {}}, options_{std::move(options)} {
    std::lock_guard lock{topics_->mutex};
    group().members.push_back(this);
  }

  ~MemoryMember() override {
    std::vector<TopicPartition> owned;
    {
      std::lock_guard lock{topics_->mutex};
      std::erase(group().members, this);
      for (const auto& [key, next] : next_) {
        group().owners.erase(key);
        owned.push_back({key.first, key.second, next});
      }
    }
    topics_->changed.notify_all();
    if (options_.revoked && !owned.empty()) options_.revoked(owned);
  }

 private:
  Topics::Group& group() { return topics_->groups[options_.group]; }

  void before_read(std::unique_lock<std::mutex>& lock) override {
    const auto share = my_share();
    std::vector<TopicPartition> lost;
    for (const auto& [key, next] : next_) {
      if (!share.contains(key)) lost.push_back({key.first, key.second, next});
    }
    std::vector<TopicPartition> won;
    for (const auto& key : share) {
      if (group().owners.emplace(key, this).second) won.push_back({key.first, key.second, -1});
    }
    if (!lost.empty()) release(lost, lock);
    if (!won.empty()) acquire(won, lock);
  }

  std::set<Key> my_share() {
    const auto& members = group().members;
    const auto me = static_cast<std::size_t>(std::ranges::find(members, this) - members.begin());
    std::set<Key> share;
    std::size_t at = 0;
    for (const auto& topic : options_.topics) {
      const auto logs = topics_->logs.find(topic);
      if (logs == topics_->logs.end()) continue;
      for (std::size_t i = 0; i < logs->second.size(); ++i, ++at) {
        if (at % members.size() == me) share.emplace(topic, static_cast<std::int32_t>(i));
      }
    }
    return share;
  }

  void release(const std::vector<TopicPartition>& lost, std::unique_lock<std::mutex>& lock) {
    for (const auto& partition : lost) next_.erase({partition.topic, partition.partition});
    lock.unlock();
    if (options_.revoked) options_.revoked(lost);
    lock.lock();
    for (const auto& partition : lost) group().owners.erase({partition.topic, partition.partition});
    topics_->changed.notify_all();
  }

  void acquire(const std::vector<TopicPartition>& won, std::unique_lock<std::mutex>& lock) {
    std::vector<TopicPartition> known;
    lock.unlock();
    try {
      if (options_.positions) known = options_.positions(won);
    } catch (...) {
      lock.lock();
      for (const auto& partition : won)
        group().owners.erase({partition.topic, partition.partition});
      throw;
    }
    lock.lock();
    for (const auto& partition : won) place(partition);
    for (const auto& position : known) {
      if (next_.contains({position.topic, position.partition})) place(position);
    }
  }

  const GroupOptions options_;
};

class MemoryKafka final : public KafkaBroker {
 public:
  std::unique_ptr<EventProducer> make_producer(const std::string&) override {
    return std::make_unique<MemoryProducer>(topics_);
  }
  std::unique_ptr<EventConsumer> join_group(GroupOptions options) override {
    return std::make_unique<MemoryMember>(topics_, std::move(options));
  }
  std::unique_ptr<EventConsumer> read(std::vector<TopicPartition> from) override {
    return std::make_unique<MemoryReader>(topics_, from);
  }

  std::vector<PartitionInfo> partitions(const std::string& topic) override {
    std::lock_guard lock{topics_->mutex};
    std::vector<PartitionInfo> infos;
    for (const auto& log : logs_of(topic)) {
      infos.push_back({.partition = static_cast<std::int32_t>(infos.size()),
                       .first = 0,
                       .end = static_cast<std::int64_t>(log.size())});
    }
    return infos;
  }

  std::vector<TopicPartition> offsets_at(const std::string& topic, Instant at) override {
    std::lock_guard lock{topics_->mutex};
    std::vector<TopicPartition> positions;
    for (const auto& log : logs_of(topic)) {
      const auto found =
          std::ranges::lower_bound(log, to_unix_millis(at), {}, &Event::timestamp_ms);
      positions.push_back(
          {topic, static_cast<std::int32_t>(positions.size()), found - log.begin()});
    }
    return positions;
  }

  void create_topic(const std::string& topic, int partitions, const Headers&) override {
    std::lock_guard lock{topics_->mutex};
    topics_->logs.try_emplace(topic, static_cast<std::size_t>(partitions));
  }

  void delete_topic(const std::string& topic) override {
    std::lock_guard lock{topics_->mutex};
    topics_->logs.erase(topic);
  }

  bool is_connected() const override { return true; }

 private:
  const std::vector<Log>& logs_of(const std::string& topic) const {
    const auto found = topics_->logs.find(topic);
    if (found == topics_->logs.end()) throw unknown_topic(topic);
    return found->second;
  }

  const std::shared_ptr<Topics> topics_ = std::make_shared<Topics>();
};

}  // namespace

std::unique_ptr<KafkaBroker> make_memory_kafka() {
  return std::make_unique<MemoryKafka>();
}

}  // namespace waybill::messaging
