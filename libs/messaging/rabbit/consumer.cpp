#include "libs/messaging/rabbit/consumer.hpp"

#include "libs/messaging/rabbit/link.hpp"
#include "libs/messaging/rabbit/outstanding.hpp"
#include "libs/messaging/rabbit/topology.hpp"
#include "libs/metrics/metrics.hpp"

namespace waybill::messaging::rabbit {
namespace {

// Without acknowledgements no prefetch holds the broker back: beyond this many messages the socket
// is not read.
constexpr std::size_t kUnacknowledgedBuffer = 10'000;
constexpr std::chrono::seconds kPauseLimit{2};

// A tag says which connection it belongs to: 16 bits of epoch above 48 bits of the broker's tag.
constexpr int kTagBits = 48;
constexpr std::uint64_t kTagMask = (std::uint64_t{1} << kTagBits) - 1;

struct Meters {
  explicit Meters(const std::string& queue)
      : consumed{metrics::counter("rabbit_consumed_total", "Messages that came from a queue.",
                                  {{"queue", queue}})},
        redelivered{metrics::counter(
            "rabbit_redelivered_total",
            "Messages that came again after an earlier consumer lost them.", {{"queue", queue}})},
        acked{metrics::counter("rabbit_acked_total", "Messages acknowledged.", {{"queue", queue}})},
        requeued{metrics::counter("rabbit_requeued_total", "Messages given back to their queue.",
                                  {{"queue", queue}})},
        buffered{metrics::gauge("rabbit_buffered",
                                "Messages taken from a queue, not yet by a worker.",
                                {{"queue", queue}})} {}

  metrics::Counter &consumed, &redelivered, &acked, &requeued;
  metrics::Gauge& buffered;
};

class RabbitConsumer final : public Consumer, private LinkOwner {
 public:
  RabbitConsumer(Address address, QueueOptions options)
      : address_{std::move(address)},
        options_{std::move(options)},
        label_{options_.exclusive ? "reply" : options_.name},
        meters_{label_},
        link_{"consume." + label_, *this} {
    link_.start();
  }

  ~RabbitConsumer() override { link_.stop(); }

  std::vector<Delivery> take(std::size_t most, std::chrono::milliseconds wait) override;
  void ack(std::span<const std::uint64_t> tags) override { post(acks_, tags); }
  void requeue(std::span<const std::uint64_t> tags) override { post(requeues_, tags); }
  void pause() override;
  void resume() override;
  bool is_connected() const override { return link_.is_connected(); }
  std::string queue() const override { return options_.name; }

 private:
  enum class State { away, idle, starting, consuming, stopping };

  std::unique_ptr<Connection> open() override;
  void opened(Connection&) override;
  void lost() override;
  void turn(Connection* connection) override;
  bool wants_input() const override;
  bool is_idle() const override;
  void delivered(Delivery&& delivery) override;
  void consume_ok() override { become(State::consuming); }
  void cancel_ok() override { become(State::idle); }

  void post(std::vector<std::uint64_t>& to, std::span<const std::uint64_t> tags);
  void hand_over_burst();
  void settle(Connection& connection);
  void follow_wish(Connection& connection);
  void become(State state);
  // Those of the present connection, as the broker knows them.
  std::vector<std::uint64_t> present(const std::vector<std::uint64_t>& tags) const;

  const Address address_;
  const QueueOptions options_;
  const std::string label_;
  Meters meters_;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::condition_variable state_changed_;
  // Guarded by mutex_:
  std::deque<Delivery> buffer_;
  std::vector<std::uint64_t> acks_;
  std::vector<std::uint64_t> requeues_;
  State state_ = State::away;
  bool paused_ = false;

  // The link's thread alone:
  std::vector<Delivery> burst_;
  Outstanding outstanding_;
  std::uint64_t epoch_ = 0;

  Link link_;
};

std::vector<Delivery> RabbitConsumer::take(std::size_t most, std::chrono::milliseconds wait) {
  std::vector<Delivery> taken;
  bool was_full = false;
  {
    std::unique_lock lock{mutex_};
    arrived_.wait_for(lock, wait, [this] { return !buffer_.empty(); });
    was_full = buffer_.size() >= kUnacknowledgedBuffer;
    const auto count = std::min(most, buffer_.size());
    taken.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      taken.push_back(std::move(buffer_.front()));
      buffer_.pop_front();
    }
    meters_.buffered.set(static_cast<double>(buffer_.size()));
  }
  if (was_full) link_.wake();
  return taken;
}

void RabbitConsumer::post(std::vector<std::uint64_t>& to, std::span<const std::uint64_t> tags) {
  if (options_.exclusive || tags.empty()) return;
  {
    std::lock_guard lock{mutex_};
    to.insert(to.end(), tags.begin(), tags.end());
  }
  link_.wake();
}

void RabbitConsumer::pause() {
  std::unique_lock lock{mutex_};
  paused_ = true;
  link_.wake();
  state_changed_.wait_for(lock, kPauseLimit, [this] {
    return state_ == State::away || state_ == State::idle || !paused_;
  });
}

void RabbitConsumer::resume() {
  {
    std::lock_guard lock{mutex_};
    paused_ = false;
  }
  state_changed_.notify_all();
  link_.wake();
}

std::unique_ptr<Connection> RabbitConsumer::open() {
  auto connection = std::make_unique<Connection>(address_, "consume." + label_);
  declare(*connection, options_);
  if (!options_.exclusive) connection->limit_prefetch(options_.prefetch);
  return connection;
}

void RabbitConsumer::opened(Connection&) {
  outstanding_ = {};
  become(State::idle);
}

void RabbitConsumer::lost() {
  hand_over_burst();
  ++epoch_;
  std::lock_guard lock{mutex_};
  state_ = State::away;
  // The broker delivers these again; replies, which it does not know any more, stay.
  if (!options_.exclusive) buffer_.clear();
  state_changed_.notify_all();
}

void RabbitConsumer::turn(Connection* connection) {
  hand_over_burst();
  if (connection == nullptr) return;
  settle(*connection);
  follow_wish(*connection);
}

bool RabbitConsumer::wants_input() const {
  if (!options_.exclusive) return true;
  std::lock_guard lock{mutex_};
  return buffer_.size() < kUnacknowledgedBuffer;
}

bool RabbitConsumer::is_idle() const {
  std::lock_guard lock{mutex_};
  return acks_.empty() && requeues_.empty();
}

void RabbitConsumer::delivered(Delivery&& delivery) {
  if (!options_.exclusive) outstanding_.delivered(delivery.tag);
  delivery.tag = (epoch_ << kTagBits) | (delivery.tag & kTagMask);
  meters_.consumed.add();
  if (delivery.redelivered) meters_.redelivered.add();
  burst_.push_back(std::move(delivery));
}

void RabbitConsumer::hand_over_burst() {
  if (burst_.empty()) return;
  {
    std::lock_guard lock{mutex_};
    for (auto& delivery : burst_) buffer_.push_back(std::move(delivery));
    meters_.buffered.set(static_cast<double>(buffer_.size()));
  }
  burst_.clear();
  arrived_.notify_all();
}

void RabbitConsumer::settle(Connection& connection) {
  std::vector<std::uint64_t> acks;
  std::vector<std::uint64_t> requeues;
  {
    std::lock_guard lock{mutex_};
    acks.swap(acks_);
    requeues.swap(requeues_);
  }
  const auto before = outstanding_.size();
  for (const auto& [tag, multiple] : outstanding_.ack(present(acks))) connection.ack(tag, multiple);
  meters_.acked.add(static_cast<double>(before - outstanding_.size()));
  for (const auto tag : outstanding_.requeue(present(requeues))) {
    connection.requeue(tag);
    meters_.requeued.add();
  }
}

void RabbitConsumer::follow_wish(Connection& connection) {
  std::lock_guard lock{mutex_};
  if (state_ == State::idle && !paused_) {
    connection.consume(options_.name, options_.exclusive);
    state_ = State::starting;
  } else if (state_ == State::consuming && paused_) {
    connection.cancel();
    state_ = State::stopping;
  }
}

void RabbitConsumer::become(State state) {
  if (state == State::idle) hand_over_burst();
  {
    std::lock_guard lock{mutex_};
    state_ = state;
  }
  state_changed_.notify_all();
}

std::vector<std::uint64_t> RabbitConsumer::present(const std::vector<std::uint64_t>& tags) const {
  std::vector<std::uint64_t> own;
  own.reserve(tags.size());
  const auto epoch = epoch_ & (~kTagMask >> kTagBits);
  for (const auto tag : tags) {
    if (tag >> kTagBits == epoch) own.push_back(tag & kTagMask);
  }
  return own;
}

}  // namespace

std::unique_ptr<Consumer> make_consumer(const Address& address, const QueueOptions& queue) {
  return std::make_unique<RabbitConsumer>(address, queue);
}

}  // namespace waybill::messaging::rabbit
