// Waiting until nothing is under way.
#include <thread>

#include "libs/messaging/retry_ladder.hpp"
#include "tools/waybill/audit/steps.hpp"
#include "tools/waybill/interrupt.hpp"

namespace waybill::tool::audit {
namespace {

constexpr milliseconds kPause{250};
constexpr int kTimesQuiet = 3;  // in a row: a message may be in a worker's hands when we look
constexpr seconds kTellEvery{3};

constexpr pg::Statement count_pending{
    "count_pending",
    "SELECT (SELECT count(*) FROM outbox), "
    "(SELECT count(*) FROM inbox WHERE outcome IS NULL AND NOT dead)"};

constexpr pg::Statement find_positions{
    "find_positions", "SELECT projection, topic, partition, next_offset FROM projection_offset"};

struct Place {
  std::string service;
  pg::Connection connection;
};

class Look {
 public:
  Look(const Platform& platform, std::vector<std::string>& busy)
      : platform_{platform}, busy_{busy} {}

  void at(Place& place) {
    pg::Session session{place.connection};
    const pg::Rows counts = session.exec(count_pending);
    note(place.service + ": rows in the outbox", counts[0].integer(0));
    note(place.service + ": commands without an outcome", counts[0].integer(1));
    look_at_queues(place.service);
    for (const pg::Row row : session.exec(find_positions)) {
      const std::int64_t end = end_of(std::string{row.text(1)}, row.integer(2));
      note(fmt::format("{}: events not yet projected", row.text(0)), end - row.integer(3));
    }
  }

 private:
  void note(const std::string& what, std::int64_t count) {
    if (count > 0) busy_.push_back(fmt::format("{} {}", what, count));
  }

  void look_at_queues(const std::string& queue) {
    std::vector<std::string> names{queue};
    for (std::size_t step = 1; step <= messaging::QueueOptions{}.retries.size(); ++step) {
      names.push_back(messaging::retry_queue(queue, step));
    }
    for (const std::string& name : names) {
      note("messages in " + name,
           static_cast<std::int64_t>(platform_.rabbit.ready(name).value_or(0)));
    }
  }

  std::int64_t end_of(const std::string& topic, std::int64_t partition) {
    if (!ends_.contains(topic)) {
      for (const auto& info : platform_.kafka.partitions(topic)) {
        ends_[topic][info.partition] = info.end;
      }
    }
    return ends_[topic][partition];
  }

  const Platform& platform_;
  std::vector<std::string>& busy_;
  std::map<std::string, std::map<std::int64_t, std::int64_t>> ends_;
};

std::vector<Place> connect(const Platform& platform) {
  std::vector<Place> places;
  for (const auto& [service, url] : platform.databases) {
    pg::Options options;
    options.url = url;
    options.application_name = "waybill.audit";
    options.statement_time = seconds{60};
    places.push_back({service, pg::Connection{std::move(options)}});
  }
  return places;
}

}  // namespace

std::vector<std::string> settle(const Platform& platform, milliseconds most, const Tell& tell) {
  using Clock = std::chrono::steady_clock;
  std::vector<Place> places = connect(platform);
  const auto give_up = Clock::now() + most;
  auto next_tell = Clock::now() + kTellEvery;
  std::vector<std::string> busy;
  for (int quiet = 0; quiet < kTimesQuiet;) {
    busy.clear();
    Look look{platform, busy};
    for (Place& place : places) look.at(place);
    quiet = busy.empty() ? quiet + 1 : 0;
    if (Clock::now() >= give_up || interrupted()) break;
    if (!busy.empty() && Clock::now() >= next_tell) {
      tell("waiting: " + busy.front());
      next_tell = Clock::now() + kTellEvery;
    }
    if (quiet < kTimesQuiet) std::this_thread::sleep_for(kPause);
  }
  return busy;
}

}  // namespace waybill::tool::audit
