#include "libs/messaging/rabbit/publisher.hpp"

#include "libs/log/log.hpp"
#include "libs/messaging/rabbit/link.hpp"
#include "libs/messaging/rabbit/unconfirmed.hpp"
#include "libs/metrics/outgoing.hpp"

namespace waybill::messaging::rabbit {
namespace {

// Enough for the socket to be kept busy; more would only age here instead of in the waiting line.
constexpr std::size_t kUnsentBytes = 256 * 1024;

struct Meters {
  explicit Meters(const std::string& publisher)
      : confirmed{published(publisher, "confirmed")},
        nacked{published(publisher, "nacked")},
        unroutable{published(publisher, "unroutable")},
        failed{published(publisher, "failed")},
        unconfirmed{metrics::gauge("rabbit_unconfirmed",
                                   "Messages sent to RabbitMQ that it has not answered yet.",
                                   {{"publisher", publisher}})},
        waiting{metrics::gauge("rabbit_waiting", "Messages that wait for room or for a connection.",
                               {{"publisher", publisher}})},
        blocked{metrics::gauge("rabbit_blocked", "1 while RabbitMQ takes nothing for an alarm.",
                               {{"publisher", publisher}})} {}

  static metrics::Counter& published(const std::string& publisher, const std::string& outcome) {
    return metrics::counter("rabbit_published_total", "Messages published, by what became of them.",
                            {{"publisher", publisher}, {"outcome", outcome}});
  }

  metrics::Counter& of(Publish outcome) {
    switch (outcome) {
      case Publish::confirmed:
        return confirmed;
      case Publish::nacked:
        return nacked;
      case Publish::unroutable:
        return unroutable;
      default:
        return failed;
    }
  }

  metrics::Counter &confirmed, &nacked, &unroutable, &failed;
  metrics::Gauge &unconfirmed, &waiting, &blocked;
};

class RabbitPublisher final : public Publisher, private LinkOwner {
 public:
  RabbitPublisher(const RabbitOptions& options, Address address, const std::string& name)
      : options_{options},
        address_{std::move(address)},
        name_{name},
        meters_{name},
        link_{name, *this} {
    link_.start();
  }

  ~RabbitPublisher() override {
    link_.stop();
    take_incoming();
    for (auto& pending : waiting_) answer(pending.done, Publish::failed);
  }

  void publish(OutgoingMessage message, Done done, std::chrono::milliseconds limit) override {
    Pending pending{std::move(message), measured(std::move(done)), Clock::now() + limit};
    {
      std::lock_guard lock{mutex_};
      if (incoming_.size() + waiting_count_ < options_.waiting) {
        incoming_.push_back(std::move(pending));
        pending.done = nullptr;
      }
    }
    if (pending.done) {
      answer(pending.done, Publish::failed);
    } else {
      link_.wake();
    }
  }

  bool is_connected() const override { return link_.is_connected(); }

 private:
  struct Pending {
    OutgoingMessage message;
    Done done;
    Clock::time_point deadline;
  };

  // From here to the broker's answer, or to giving up.
  static Done measured(Done done) {
    static const metrics::OutgoingKind publishes{"rabbitmq", "publish"};
    return [done = std::move(done), begun = Clock::now()](Publish outcome) {
      publishes.observe(Clock::now() - begun, outcome == Publish::confirmed);
      if (done) done(outcome);
    };
  }

  std::unique_ptr<Connection> open() override {
    auto connection = std::make_unique<Connection>(address_, name_);
    // A message to an exchange that is not there would close the channel.
    connection->declare_exchange(kCommandExchange);
    connection->declare_exchange(kNoticeExchange, "topic");
    connection->enable_confirms();
    return connection;
  }

  void opened(Connection&) override { set_blocked(false); }

  void lost() override {
    set_blocked(false);
    unconfirmed_.fail_all([this](auto& done, Publish outcome) { answer(done, outcome); });
  }

  void turn(Connection* connection) override {
    take_incoming();
    if (connection != nullptr) send_waiting(*connection);
    const auto now = Clock::now();
    if (now >= next_deadline_) expire(now);
    count_waiting();
  }

  Clock::time_point next_deadline() const override { return next_deadline_; }
  bool is_idle() const override { return waiting_.empty() && unconfirmed_.size() == 0; }

  void confirmed(std::uint64_t sequence, bool multiple, bool ack) override {
    unconfirmed_.confirmed(sequence, multiple, ack,
                           [this](auto& done, Publish outcome) { answer(done, outcome); });
  }
  void returned(std::uint64_t sequence) override { unconfirmed_.returned(sequence); }
  void blocked(bool blocked) override { set_blocked(blocked); }

  void set_blocked(bool blocked) {
    blocked_ = blocked;
    meters_.blocked.set(blocked ? 1 : 0);
  }

  void take_incoming() {
    std::vector<Pending> fresh;
    {
      std::lock_guard lock{mutex_};
      if (incoming_.empty()) return;
      fresh.swap(incoming_);
      waiting_count_ += fresh.size();
    }
    for (auto& pending : fresh) {
      next_deadline_ = std::min(next_deadline_, pending.deadline);
      waiting_.push_back(std::move(pending));
    }
  }

  void send_waiting(Connection& connection) {
    const auto now = Clock::now();
    while (!waiting_.empty() && !blocked_ && unconfirmed_.size() < options_.window &&
           connection.unsent() < kUnsentBytes) {
      auto pending = std::move(waiting_.front());
      waiting_.pop_front();
      if (pending.deadline <= now) {
        answer(pending.done, Publish::failed);
      } else if (connection.publish(unconfirmed_.next_sequence(), pending.message)) {
        unconfirmed_.add(std::move(pending.done), pending.deadline);
      } else {
        log::error("rabbit.unsendable", {{"publisher", name_},
                                         {"type", pending.message.message.type},
                                         {"key", pending.message.to.routing_key}});
        answer(pending.done, Publish::failed);
      }
    }
  }

  void expire(Clock::time_point now) {
    const auto fail = [this](Done done, Publish outcome) { answer(done, outcome); };
    next_deadline_ = unconfirmed_.expire(now, fail);
    std::deque<Pending> kept;
    for (auto& pending : std::exchange(waiting_, {})) {
      if (pending.deadline <= now) {
        answer(pending.done, Publish::failed);
      } else {
        next_deadline_ = std::min(next_deadline_, pending.deadline);
        kept.push_back(std::move(pending));
      }
    }
    waiting_ = std::move(kept);
  }

  void count_waiting() {
    {
      std::lock_guard lock{mutex_};
      waiting_count_ = waiting_.size();
    }
    meters_.waiting.set(static_cast<double>(waiting_.size()));
    meters_.unconfirmed.set(static_cast<double>(unconfirmed_.size()));
  }

  void answer(const Done& done, Publish outcome) {
    meters_.of(outcome).add();
    try {
      done(outcome);
    } catch (const std::exception& error) {
      log::error("rabbit.callback.failed", {{"publisher", name_}, {"reason", error.what()}});
    }
  }

  const RabbitOptions options_;
  const Address address_;
  const std::string name_;
  Meters meters_;

  std::mutex mutex_;
  std::vector<Pending> incoming_;  // guarded by mutex_
  std::size_t waiting_count_ = 0;  // guarded by mutex_

  // The link's thread alone:
  std::deque<Pending> waiting_;
  Unconfirmed unconfirmed_;
  bool blocked_ = false;
  Clock::time_point next_deadline_ = Clock::time_point::max();

  Link link_;
};

}  // namespace

std::unique_ptr<Publisher> make_publisher(const RabbitOptions& options, const Address& address,
                                          const std::string& name) {
  return std::make_unique<RabbitPublisher>(options, address, name);
}

}  // namespace waybill::messaging::rabbit
