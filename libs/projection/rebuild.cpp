#include "libs/projection/rebuild.hpp"

#include <thread>

#include "libs/core/backoff.hpp"
#include "libs/projection/applier.hpp"

namespace waybill::projection {
namespace {

constexpr milliseconds tell_time{20};

std::vector<Places> share_out(const Places& places, std::size_t workers) {
  std::vector<Places> shares(std::max<std::size_t>(workers, 1));
  std::size_t next = 0;
  for (const auto& [partition, end] : places) shares[next++ % shares.size()][partition] = end;
  return shares;
}

}  // namespace

Rebuild::Rebuild(const Definition& definition, messaging::KafkaBroker& kafka,
                 std::function<pg::Connection()> connect)
    : definition_{definition}, kafka_{kafka}, connect_{std::move(connect)} {}

std::int64_t Rebuild::run(const Places& from, const Places& to, std::size_t workers,
                          const std::function<bool()>& must_stop,
                          const std::function<void(const RebuildProgress&)>& tell) {
  const std::int64_t total = distance(from, to);
  const std::vector<Places> shares = share_out(to, workers);
  running_ = std::ssize(shares);
  std::vector<std::thread> threads;
  for (const Places& share : shares) threads.emplace_back([this, &share] { work(share); });
  while (running_ > 0) {
    if (must_stop()) ended_ = true;
    tell(progress(total));
    std::this_thread::sleep_for(tell_time);
  }
  for (std::thread& thread : threads) thread.join();
  if (failure_) std::rethrow_exception(failure_);
  tell(progress(total));
  return done_;
}

RebuildProgress Rebuild::progress(std::int64_t total) const {
  return {done_, total, parked_};
}

void Rebuild::work(const Places& share) {
  try {
    apply_all(share);
  } catch (...) {
    const std::lock_guard guard{mutex_};
    if (!failure_) failure_ = std::current_exception();
    ended_ = true;
  }
  --running_;
}

void Rebuild::apply_all(const Places& share) {
  pg::Connection connection = connect_();
  connection.set("synchronous_commit", "off");  // the switch waits for all of it
  connection.work_by_key();
  Backoff pauses;
  Applier applier{definition_, connection, [&](const pg::TransientError&) {
                    std::this_thread::sleep_for(pauses.next());
                    return !ended_;
                  }};
  std::vector<messaging::TopicPartition> assigned;
  for (const auto& [partition, end] : share) {
    assigned.push_back({partition.first, partition.second});
  }
  Places from;
  for (const auto& position : applier.load(assigned)) {
    from[{position.topic, position.partition}] = position.offset;
  }
  Range range{kafka_, from, share};
  while (!ended_ && !range.is_finished()) {
    const std::vector<messaging::Event> events = range.next();
    if (events.empty()) continue;
    applier.apply(events);
    pauses.reset();
    done_ += std::ssize(events);
    parked_ = applier.parked();
  }
}

}  // namespace waybill::projection
