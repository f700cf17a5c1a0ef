#include "libs/projection/projection.hpp"

#include "libs/core/backoff.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/projection/offsets.hpp"

namespace waybill::projection {
namespace {

constexpr milliseconds kPoll{200};  // how soon stop() is noticed

pg::Connection projection_connection(pg::Options options, const std::string& name) {
  options.application_name += ".projection." + name;
  pg::Connection connection{std::move(options)};
  connection.work_by_key();
  return connection;
}

}  // namespace

struct Projection::Impl {
  Options options;
  messaging::KafkaBroker& kafka;
  Apply apply;
  pg::Connection connection;
  Offsets offsets;

  std::unique_ptr<messaging::EventConsumer> consumer{};
  std::thread thread{};
  std::mutex mutex{};
  std::condition_variable changed{};
  bool stopping = false;
  Backoff backoff{};

  metrics::Labels labels{{"projection", options.name}};
  metrics::Counter& applied =
      metrics::counter("projection_events_total", "Events applied to a projection.", labels);
  metrics::Gauge& stopped = metrics::gauge(
      "projection_stopped", "1 while a projection stands before an event it can't apply.", labels);

  Impl(Options with, pg::Options database, messaging::KafkaBroker& from, Apply how)
      : options{std::move(with)},
        kafka{from},
        apply{std::move(how)},
        connection{projection_connection(std::move(database), options.name)},
        offsets{options.name} {}

  void run() {
    stopped.set(0);
    while (!is_stopping()) {
      try {
        follow();
        backoff.reset();
      } catch (const MovedError&) {
        // Another member has gone on from where we stood, or our own commit in doubt has arrived.
        consumer.reset();
      } catch (const PoisonError& error) {
        stop_before(error);
        break;
      } catch (const std::exception& error) {  // broker or database away
        log::warn("projection.waits", {{"projection", options.name}, {"reason", error.what()}});
        pause(backoff.next());
      }
    }
    consumer.reset();
  }

  void follow() {
    if (!consumer) join();
    const std::vector<messaging::Event> events = consumer->poll(options.batch, kPoll);
    if (!events.empty()) apply_all(events);
  }

  void join() {
    messaging::GroupOptions group;
    group.group = options.service + '.' + options.name;
    group.topics = options.topics;
    group.positions = [this](const std::vector<messaging::TopicPartition>& assigned) {
      return offsets.load(connection, assigned);
    };
    consumer = kafka.join_group(std::move(group));
  }

  // To the end, whatever the database does meanwhile: what poll() has handed out does not come
  // again.
  void apply_all(std::span<const messaging::Event> events) {
    Backoff pauses;
    while (!is_stopping()) {
      try {
        apply_once(events);
        return;
      } catch (const pg::TransientError& error) {
        log::warn("projection.retries", {{"projection", options.name}, {"reason", error.what()}});
        pause(pauses.next());
      } catch (const MovedError&) {
        throw;
      } catch (const std::exception& error) {
        if (events.size() == 1) throw PoisonError{events.front(), error.what()};
        // Up to the culprit, so that the offsets stand right before it.
        for (const messaging::Event& event : events) apply_all({&event, 1});
        return;
      }
    }
  }

  void apply_once(std::span<const messaging::Event> events) {
    pg::Tx tx{connection};
    const Advance advance = offsets.advance(tx, events);
    apply(tx, events);
    tx.commit();
    offsets.confirm(advance);
    applied.add(static_cast<double>(events.size()));
  }

  void stop_before(const PoisonError& error) {
    stopped.set(1);
    log::error("projection.stopped", {{"projection", options.name},
                                      {"topic", error.topic()},
                                      {"partition", error.partition()},
                                      {"offset", error.offset()},
                                      {"reason", error.what()}});
  }

  bool is_stopping() {
    const std::lock_guard guard{mutex};
    return stopping;
  }

  void pause(milliseconds duration) {
    std::unique_lock guard{mutex};
    changed.wait_for(guard, duration, [&] { return stopping; });
  }
};

Projection::Projection(Options options, pg::Options database, messaging::KafkaBroker& kafka,
                       Apply apply)
    : impl_{std::make_unique<Impl>(std::move(options), std::move(database), kafka,
                                   std::move(apply))} {}

Projection::~Projection() {
  stop();
}

void Projection::start() {
  impl_->stopping = false;
  impl_->thread = std::thread{[impl = impl_.get()] { impl->run(); }};
}

void Projection::stop() {
  if (!impl_->thread.joinable()) return;
  {
    const std::lock_guard guard{impl_->mutex};
    impl_->stopping = true;
  }
  impl_->changed.notify_all();
  impl_->thread.join();
}

}  // namespace waybill::projection
