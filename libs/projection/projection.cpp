#include "libs/projection/projection.hpp"

#include <atomic>

#include "libs/core/backoff.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/projection/applier.hpp"
#include "libs/trace/trace.hpp"

namespace waybill::projection {
namespace {

using Clock = std::chrono::steady_clock;

constexpr milliseconds kPoll{200};    // how soon stop() is noticed
constexpr milliseconds kLook{2'000};  // how soon it is noticed what somebody else has done

pg::Connection projection_connection(pg::Options options, const std::string& name) {
  options.application_name += ".projection." + name;
  pg::Connection connection{std::move(options)};
  connection.work_by_key();
  return connection;
}

}  // namespace

struct Projection::Impl {
  Definition definition;
  messaging::KafkaBroker& kafka;
  pg::Connection connection;
  Backoff pauses{};  // of the batch in hand
  Applier applier;

  std::unique_ptr<messaging::EventConsumer> consumer{};
  std::thread thread{};
  std::mutex mutex{};
  std::condition_variable changed{};
  bool stopping = false;
  Backoff backoff{};
  std::atomic<std::int64_t> parked_now{0};
  std::atomic<bool> stopped_now{false};
  Clock::time_point next_look{};

  metrics::Labels labels{{"projection", definition.name}};
  metrics::Counter& applied =
      metrics::counter("projection_events_total", "Events applied to a projection.", labels);
  metrics::Gauge& stopped = metrics::gauge(
      "projection_stopped", "1 while a projection stands before an event it can't apply.", labels);
  metrics::Gauge& parked =
      metrics::gauge("projection_parked_events",
                     "Events that wait because one of their key can't be applied.", labels);

  Impl(Definition what, pg::Options database, messaging::KafkaBroker& from)
      : definition{std::move(what)},
        kafka{from},
        connection{projection_connection(std::move(database), definition.name)},
        applier{definition, connection,
                [this](const pg::TransientError& error) { return wait_out(error); }} {}

  void run() {
    show_stopped(false);
    bool retried = false;
    while (!is_stopping()) {
      try {
        if (!retried) retry();
        retried = true;
        follow();
        backoff.reset();
      } catch (const MovedError&) {
        // Another member has gone on from where we stood, a rebuild was switched to, or our own
        // commit in doubt has arrived.
        consumer.reset();
      } catch (const StoppedError& error) {
        show_stopped(true);
        log::error("projection.stopped",
                   {{"projection", definition.name}, {"reason", error.what()}});
        break;
      } catch (const std::exception& error) {  // broker or database away
        log::warn("projection.waits", {{"projection", definition.name}, {"reason", error.what()}});
        // The batch in hand does not come again by itself.
        consumer.reset();
        pause(backoff.next());
      }
    }
    consumer.reset();
  }

  // Perhaps this program can do what the one before could not.
  void retry() {
    const Retried result = retry_parked(connection, definition);
    if (result.applied > 0 || result.left > 0) {
      log::info(
          "projection.retried",
          {{"projection", definition.name}, {"applied", result.applied}, {"left", result.left}});
    }
  }

  void follow() {
    if (!consumer) join();
    const std::vector<messaging::Event> events = consumer->poll(definition.batch, kPoll);
    const auto began = Clock::now();
    if (!events.empty()) {
      pauses.reset();
      const std::vector<trace::Span> spans = spans_of(events);
      applier.apply(events);
      applied.add(static_cast<double>(events.size()));
    }
    if (Clock::now() >= next_look) {
      applier.look();
      next_look = Clock::now() + kLook;
    }
    show_parked(applier.parked());
    if (!events.empty() && events.size() < definition.batch) pause_until(began + definition.pace);
  }

  std::vector<trace::Span> spans_of(const std::vector<messaging::Event>& events) const {
    std::vector<trace::Span> spans;
    if (!trace::enabled()) return spans;
    spans.reserve(events.size());
    for (const messaging::Event& event : events) {
      const auto parent = event.headers.find("traceparent");
      if (parent == event.headers.end()) continue;
      spans.emplace_back("apply " + definition.name, trace::Kind::consumer, parent->second);
      spans.back().set("messaging.destination.name", event.topic);
      spans.back().set("messaging.kafka.message.key", event.key);
    }
    return spans;
  }

  void join() {
    messaging::GroupOptions group;
    group.group = definition.service + '.' + definition.name;
    group.topics = definition.topics;
    group.positions = [this](const std::vector<messaging::TopicPartition>& assigned) {
      return applier.load(assigned);
    };
    group.revoked = [this](const std::vector<messaging::TopicPartition>& revoked) {
      applier.release(revoked);
    };
    group.patience = definition.pace;
    consumer = kafka.join_group(std::move(group));
  }

  // Whatever the database does meanwhile: what poll() has handed out does not come again.
  bool wait_out(const pg::TransientError& error) {
    log::warn("projection.retries", {{"projection", definition.name}, {"reason", error.what()}});
    pause(pauses.next());
    return !is_stopping();
  }

  void show_parked(std::int64_t count) {
    if (parked_now.exchange(count) != count) parked.set(static_cast<double>(count));
  }

  void show_stopped(bool value) {
    stopped_now = value;
    stopped.set(value ? 1 : 0);
  }

  bool is_stopping() {
    const std::lock_guard guard{mutex};
    return stopping;
  }

  void pause(milliseconds duration) { pause_until(Clock::now() + duration); }
  void pause_until(Clock::time_point end) {
    std::unique_lock guard{mutex};
    changed.wait_until(guard, end, [&] { return stopping; });
  }
};

Projection::Projection(Definition definition, pg::Options database, messaging::KafkaBroker& kafka)
    : impl_{std::make_unique<Impl>(std::move(definition), std::move(database), kafka)} {}

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

const std::string& Projection::name() const {
  return impl_->definition.name;
}

std::string Projection::problem() const {
  if (impl_->stopped_now) return "stopped before an event that it can't apply";
  const std::int64_t parked = impl_->parked_now;
  return parked == 0 ? "" : fmt::format("incomplete: {} events are parked", parked);
}

}  // namespace waybill::projection
