#include "libs/outbox/express.hpp"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "libs/core/planted.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/outbox/sql.hpp"

namespace waybill::outbox {
namespace {

using std::chrono::milliseconds;

const std::string kChannel = "command";

// Marking is as dear for one row as for fifty. Until it is done, a kill means that the relay tells
// them again.
constexpr milliseconds kMarkEvery{200};

// Losing the mark of a told row only tells it again, so no commit waits for the disk.
pg::Connection express_connection(pg::Options options) {
  options.application_name += ".express";
  pg::Connection connection{std::move(options)};
  connection.set("synchronous_commit", "off");
  connection.work_by_key();
  return connection;
}

}  // namespace

// Rows that the broker has and the database does not know so yet. The publisher's callbacks share
// it: they may come after the end of the express.
struct Express::Told {
  std::mutex mutex;
  std::vector<std::int64_t> ids;
  metrics::Counter& published = metrics::counter(
      "outbox_published_total", "Rows that a broker has.", {{"channel", kChannel}});

  void add(std::int64_t id) {
    published.add();
    const std::lock_guard guard{mutex};
    ids.push_back(id);
  }
  std::vector<std::int64_t> take() {
    const std::lock_guard guard{mutex};
    return std::exchange(ids, {});
  }
};

struct Express::Impl {
  std::shared_ptr<Told> told = std::make_shared<Told>();
  pg::Connection connection;
  std::jthread thread{};

  void run(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    while (!stop.stop_requested()) {
      std::unique_lock guard{mutex};
      stopped.wait_for(guard, stop, kMarkEvery, [] { return false; });
      mark();
    }
  }

  void mark() {
    const std::vector<std::int64_t> ids = told->take();
    if (ids.empty()) return;
    pg::Array list;
    for (const std::int64_t id : ids) list.add(id);
    try {
      pg::Session{connection}.exec(sql::move_told, kChannel, list);
    } catch (const pg::Error& error) {
      // The relay tells them again, and the inbox of the receiver takes them once.
      log::warn("express.unmarked", {{"rows", ids.size()}, {"reason", error.what()}});
    }
  }
};

Express::Express(pg::Options database)
    : impl_{new Impl{.connection = express_connection(std::move(database))}} {}

Express::~Express() = default;

void Express::start() {
  impl_->thread = std::jthread{[impl = impl_.get()](std::stop_token stop) { impl->run(stop); }};
}

void Express::stop() {
  impl_->thread = {};
}

void Express::send(std::vector<OutboxRow> commands, messaging::Publisher& publisher) {
  // Without a connection they would wait in memory for what the relay does anyway.
  if (!publisher.is_connected()) return;
  for (const OutboxRow& row : commands) {
    publisher.publish(to_outgoing(row), [told = impl_->told, id = row.id](messaging::Publish how) {
      if (how == messaging::Publish::confirmed || planted(Bug::nack_ignored)) told->add(id);
    });
  }
}

}  // namespace waybill::outbox
