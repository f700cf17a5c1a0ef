#include "libs/outbox/relay.hpp"

#include "libs/core/backoff.hpp"
#include "libs/core/planted.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/outbox/sql.hpp"
#include "libs/outbox/told.hpp"

namespace waybill::outbox {
namespace {

using Clock = std::chrono::steady_clock;

constexpr milliseconds kStandbyPoll{500};  // how often a standby asks for the lock
// New rows end the pause after a failure, but not sooner than this: some other row may go.
constexpr milliseconds kAfterFailure{20};
constexpr seconds kMeasureEvery{5};
constexpr std::chrono::minutes kTendEvery{10};
// Rows that no broker takes (a queue that does not exist yet) must not fill the whole window.
constexpr std::size_t kMostStuck = 20;  // batches

OutboxRow read_row(const pg::Row& row) {
  return {.id = row.integer(0),
          .target = std::string{row.text(1)},
          .key = std::string{row.text(2)},
          .type = std::string{row.text(3)},
          .payload = row.bytes(5),
          .headers = parse_headers(row.text(4)),
          .at = row.instant(6)};
}

pg::Array told_ids(std::span<const OutboxRow> rows, const std::vector<bool>& stored) {
  std::vector<std::string_view> keys;
  for (const OutboxRow& row : rows) keys.push_back(row.key);
  pg::Array ids;
  for (const std::size_t i : told_rows(keys, stored)) ids.add(rows[i].id);
  return ids;
}

// The relay must see that its connection, and with it its lock, is gone. Losing the mark of a told
// row only tells it again, so no commit waits for the disk.
pg::Connection relay_connection(pg::Options database, const RelayOptions& options) {
  database.application_name += ".relay." + options.channel;
  database.reopen = false;
  pg::Connection connection{std::move(database)};
  connection.set("idle_session_timeout", std::to_string(options.standstill.count()));
  connection.set("synchronous_commit", "off");
  connection.work_by_key();
  return connection;
}

}  // namespace

struct Relay::Impl {
  RelayOptions options;
  pg::Connection connection;
  std::unique_ptr<Sink> sink;
  std::thread thread{};

  std::mutex mutex{};
  std::condition_variable changed{};
  bool woken = false;
  bool stopping = false;
  std::atomic<bool> active{false};

  Backoff backoff{milliseconds{50}, seconds{5}};
  std::size_t stuck = 0;  // rows of the last batch that no broker took
  Clock::time_point last_read{};
  // Rows up to `settled` have been there for `patience`; `newest` was the last one when it was
  // looked. By ids and our own clock: the database's may jump.
  std::int64_t settled = std::numeric_limits<std::int64_t>::max();
  std::int64_t newest = 0;
  Clock::time_point next_settling{};
  Clock::time_point next_measure{};
  Clock::time_point next_tend{};

  metrics::Labels labels{{"channel", options.channel}};
  metrics::Gauge& rows_gauge = metrics::gauge("outbox_rows", "Rows not yet told.", labels);
  metrics::Gauge& oldest_gauge =
      metrics::gauge("outbox_oldest_seconds", "Age of the first row not yet told.", labels);
  metrics::Gauge& active_gauge =
      metrics::gauge("relay_active", "1 where this process holds the relay's lock.", labels);
  metrics::Counter& published =
      metrics::counter("outbox_published_total", "Rows that a broker has.", labels);

  Impl(RelayOptions with, pg::Options database, std::unique_ptr<Sink> to)
      : options{std::move(with)},
        connection{relay_connection(std::move(database), options)},
        sink{std::move(to)} {}

  void run() {
    while (!is_stopping()) {
      try {
        connection.ensure_open();
        if (active || lock()) {
          work();
        } else {
          pause(kStandbyPoll);
        }
      } catch (const std::exception& error) {
        log::warn("relay.failed", {{"channel", options.channel}, {"reason", error.what()}});
        step_down();
        pause(backoff.next());
      }
    }
    step_down();
  }

  bool lock() {
    pg::Session session{connection};
    const std::string name = "waybill.outbox." + options.service + '.' + options.channel;
    active = session.exec(sql::try_lock, name)[0].boolean(0) || planted(Bug::two_relays);
    active_gauge.set(active ? 1 : 0);
    if (active) {
      next_tend = {};
      if (options.patience.count() > 0) settled = look_for_newest();
      log::info("relay.active", {{"channel", options.channel}});
    }
    return active;
  }

  // Somebody else may hold the lock from now on: nothing of ours may leave any more.
  void step_down() {
    connection.close();
    if (!active) return;
    active = false;
    active_gauge.set(0);
    sink->purge();
  }

  void work() {
    tend();
    settle();
    const std::vector<OutboxRow> rows = read();
    if (!rows.empty()) tell(rows);
    if (stuck > 0) {
      pause(kAfterFailure);
      wait_for_wake(backoff.next());
    } else if (rows.size() < window()) {
      wait_for_wake(options.poll);
    }
  }

  std::size_t window() const { return options.batch + std::min(stuck, kMostStuck * options.batch); }

  void settle() {
    if (options.patience.count() == 0 || Clock::now() < next_settling) return;
    settled = std::max(settled, newest);
    look_for_newest();
  }

  std::int64_t look_for_newest() {
    pg::Session session{connection};
    newest = session.exec(sql::find_newest, options.channel)[0].integer(0);
    next_settling = Clock::now() + options.patience;
    return newest;
  }

  std::vector<OutboxRow> read() {
    last_read = Clock::now();
    pg::Session session{connection};
    std::vector<OutboxRow> rows;
    for (const pg::Row row : session.exec(sql::find_untold, options.channel, settled, window())) {
      rows.push_back(read_row(row));
    }
    return rows;
  }

  void tell(std::span<const OutboxRow> rows) {
    if (planted(Bug::row_removed_before_ack)) {
      const pg::Array all = told_ids(rows, std::vector<bool>(rows.size(), true));
      pg::Session{connection}.exec(sql::move_told, options.channel, all);
    }
    const pg::Array ids = told_ids(rows, sink->publish(rows));
    if (ids.size() > 0) {
      pg::Session session{connection};
      session.exec(sql::move_told, options.channel, ids);
      published.add(static_cast<double>(ids.size()));
      backoff.reset();
    }
    note_stuck(rows.size() - ids.size());
  }

  void note_stuck(std::size_t now_stuck) {
    if (stuck == 0 && now_stuck > 0) {
      log::warn("relay.stuck", {{"channel", options.channel}, {"rows", now_stuck}});
    } else if (stuck > 0 && now_stuck == 0) {
      log::info("relay.flows", {{"channel", options.channel}});
    }
    stuck = now_stuck;
  }

  // What is due now and then. Telling goes on when it fails.
  void tend() {
    const auto time = Clock::now();
    try {
      if (time >= next_measure) {
        next_measure = time + kMeasureEvery;
        measure();
      }
      if (time >= next_tend) {
        next_tend = time + kTendEvery;
        pg::Session session{connection};
        session.exec(sql::tend_outbox_sent, options.keep.count());
        session.exec(sql::forget_commands, options.keep_inbox.count());
      }
    } catch (const pg::Error& error) {
      if (!connection.is_open()) throw;
      log::warn("relay.tend_failed", {{"channel", options.channel}, {"reason", error.what()}});
    }
  }

  void measure() {
    pg::Session session{connection};
    const pg::Rows rows = session.exec(sql::measure_outbox, options.channel);
    const Instant oldest = rows[0].maybe_instant(1).value_or(now());
    rows_gauge.set(static_cast<double>(rows[0].integer(0)));
    oldest_gauge.set(std::chrono::duration<double>(now() - oldest).count());
  }

  bool is_stopping() {
    const std::lock_guard guard{mutex};
    return stopping;
  }

  // Only stop() ends it early.
  void pause(milliseconds duration) { pause_until(Clock::now() + duration); }
  void pause_until(Clock::time_point end) {
    std::unique_lock guard{mutex};
    changed.wait_until(guard, end, [&] { return stopping; });
  }

  void wait_for_wake(milliseconds most) {
    {
      std::unique_lock guard{mutex};
      changed.wait_for(guard, most, [&] { return woken || stopping; });
    }
    pause_until(last_read + options.pace);
    const std::lock_guard guard{mutex};
    woken = false;
  }
};

Relay::Relay(RelayOptions options, pg::Options database, std::unique_ptr<Sink> sink)
    : impl_{std::make_unique<Impl>(std::move(options), std::move(database), std::move(sink))} {}

Relay::~Relay() {
  stop();
}

void Relay::start() {
  impl_->stopping = false;
  impl_->thread = std::thread{[impl = impl_.get()] { impl->run(); }};
}

void Relay::stop() {
  if (!impl_->thread.joinable()) return;
  {
    const std::lock_guard guard{impl_->mutex};
    impl_->stopping = true;
  }
  impl_->changed.notify_all();
  impl_->thread.join();
}

void Relay::wake() {
  {
    const std::lock_guard guard{impl_->mutex};
    impl_->woken = true;
  }
  impl_->changed.notify_all();
}

bool Relay::is_active() const {
  return impl_->active;
}

}  // namespace waybill::outbox
