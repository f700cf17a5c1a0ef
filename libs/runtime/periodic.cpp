#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/runtime/backend.hpp"

namespace waybill::runtime {

struct Periodic::Impl {
  std::string name;
  milliseconds interval;
  pg::Connection connection;
  std::function<bool(pg::Connection&)> work;
  metrics::Counter& failures;
  std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;
  bool failing = false;  // and said so; the counter counts every time
  std::thread thread;

  // False when it is time to end.
  bool rest() {
    std::unique_lock lock{mutex};
    return !wake.wait_for(lock, interval, [this] { return stopping; });
  }

  bool is_stopping() {
    const std::lock_guard lock{mutex};
    return stopping;
  }

  void run_once() {
    try {
      while (!is_stopping() && work(connection)) {
      }
      if (std::exchange(failing, false)) log::info("periodic.works", {{"name", name}});
    } catch (const std::exception& error) {
      failures.add();
      if (std::exchange(failing, true)) return;  // said before
      log::warn("periodic.failed", {{"name", name}, {"reason", error.what()}});
    }
  }

  void run() {
    do {
      run_once();
    } while (rest());
  }
};

Periodic::Periodic(std::string name, milliseconds interval, pg::Options database,
                   std::function<bool(pg::Connection&)> work)
    : impl_{new Impl{
          name,
          interval,
          pg::Connection{std::move(database)},
          std::move(work),
          metrics::counter("periodic_failures_total",
                           "Periodic work that failed and is tried again.", {{"name", name}}),
          {},
          {},
          false,
          false,
          {}}} {}

Periodic::~Periodic() {
  stop();
}

void Periodic::start() {
  impl_->thread = std::thread{[this] { impl_->run(); }};
}

void Periodic::stop() {
  {
    const std::lock_guard lock{impl_->mutex};
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  if (impl_->thread.joinable()) impl_->thread.join();
}

}  // namespace waybill::runtime
