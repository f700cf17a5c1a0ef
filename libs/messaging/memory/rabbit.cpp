#include <condition_variable>
#include <deque>
#include <stop_token>
#include <thread>

#include "libs/messaging/amqp_limits.hpp"
#include "libs/messaging/memory.hpp"
#include "libs/messaging/memory/queues.hpp"

namespace waybill::messaging {
namespace {

using memory::Clock;
using memory::Entry;
using memory::Queues;
using std::chrono::milliseconds;

// Answers on a thread of its own, as the real one does: a caller may hold a lock that `done` takes.
class MemoryPublisher final : public Publisher {
 public:
  explicit MemoryPublisher(std::shared_ptr<Queues> queues)
      : queues_{std::move(queues)}, thread_{[this](const std::stop_token& stop) { run(stop); }} {}

  void publish(OutgoingMessage message, Done done, milliseconds) override {
    {
      std::lock_guard lock{mutex_};
      waiting_.emplace_back(std::move(message), std::move(done));
    }
    arrived_.notify_one();
  }

  bool is_connected() const override { return true; }

 private:
  using Pending = std::pair<OutgoingMessage, Done>;

  void run(const std::stop_token& stop) {
    for (;;) {
      std::deque<Pending> pending;
      {
        std::unique_lock lock{mutex_};
        arrived_.wait(lock, stop, [this] { return !waiting_.empty(); });
        pending.swap(waiting_);
      }
      if (pending.empty()) return;
      for (auto& [message, done] : pending) {
        const auto outcome = queues_->publish(std::move(message));
        if (done) done(outcome);
      }
    }
  }

  const std::shared_ptr<Queues> queues_;
  std::mutex mutex_;
  std::condition_variable_any arrived_;
  std::deque<Pending> waiting_;  // guarded by mutex_
  std::jthread thread_;
};

class MemoryConsumer final : public Consumer {
 public:
  MemoryConsumer(std::shared_ptr<Queues> queues, QueueOptions options)
      : queues_{std::move(queues)}, options_{std::move(options)} {
    queues_->declare(options_);
  }

  ~MemoryConsumer() override {
    if (options_.exclusive) {
      queues_->remove(options_.name);
    } else {
      queues_->give_back(options_.name, settle_all());
    }
  }

  std::vector<Delivery> take(std::size_t most, milliseconds wait) override {
    const auto room = [&] { return paused_ ? 0 : std::min(most, free_prefetch()); };
    const auto hand_out = [this](std::vector<Entry> entries) {
      std::vector<Delivery> deliveries;
      for (auto& entry : entries) deliveries.push_back(deliver(std::move(entry)));
      return deliveries;
    };
    return queues_->take(options_.name, room, hand_out, Clock::now() + wait);
  }

  void ack(std::span<const std::uint64_t> tags) override {
    queues_->touch([&] {
      for (const auto tag : tags) unacked_.erase(tag);
    });
  }

  void requeue(std::span<const std::uint64_t> tags) override {
    std::vector<Entry> entries;
    queues_->touch([&] {
      for (const auto tag : tags) {
        if (auto found = unacked_.extract(tag)) entries.push_back(std::move(found.mapped()));
      }
    });
    queues_->give_back(options_.name, std::move(entries));
  }

  void pause() override {
    queues_->touch([this] { paused_ = true; });
  }
  void resume() override {
    queues_->touch([this] { paused_ = false; });
  }
  bool is_connected() const override { return true; }
  std::string queue() const override { return options_.name; }

 private:
  std::size_t free_prefetch() const {
    if (options_.exclusive) return static_cast<std::size_t>(-1);
    return options_.prefetch - std::min<std::size_t>(unacked_.size(), options_.prefetch);
  }

  Delivery deliver(Entry entry) {
    Delivery delivery{.message = entry.message,
                      .tag = ++last_tag_,
                      .redelivered = entry.redelivered,
                      .delivery_count = entry.delivery_count};
    if (!options_.exclusive) unacked_.emplace(delivery.tag, std::move(entry));
    return delivery;
  }

  std::vector<Entry> settle_all() {
    std::vector<Entry> entries;
    for (auto& [tag, entry] : unacked_) entries.push_back(std::move(entry));
    return entries;
  }

  const std::shared_ptr<Queues> queues_;
  const QueueOptions options_;
  // Under the lock of the queues, inside touch() and take():
  std::map<std::uint64_t, Entry> unacked_;
  std::uint64_t last_tag_ = 0;
  bool paused_ = false;
};

class MemoryRabbit final : public RabbitBroker {
 public:
  std::unique_ptr<Publisher> make_publisher(const std::string&) override {
    return std::make_unique<MemoryPublisher>(queues_);
  }

  std::unique_ptr<Consumer> make_consumer(const QueueOptions& queue) override {
    auto named = queue;
    if (named.exclusive && named.name.empty()) named.name = "reply." + new_id().to_string();
    check_queue(named);
    return std::make_unique<MemoryConsumer>(queues_, std::move(named));
  }

  void declare(const QueueOptions& queue) override {
    check_queue(queue);
    queues_->declare(queue);
  }

  void declare_notices(const NoticeQueue& queue) override { queues_->declare_notices(queue); }

  void remove(const QueueOptions& queue) override {
    for (const auto& name : queues_of(queue)) queues_->remove(name);
  }

  std::optional<std::size_t> ready(const std::string& queue) override {
    return queues_->ready(queue);
  }

 private:
  std::shared_ptr<Queues> queues_ = std::make_shared<Queues>();
};

}  // namespace

std::unique_ptr<RabbitBroker> make_memory_rabbit() {
  return std::make_unique<MemoryRabbit>();
}

}  // namespace waybill::messaging
