// Follows the topic of users for what ends sessions. Each gateway reads all of it at positions of
// its own: at the start from as far back as a token lives, then whatever comes.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <thread>
#include <vector>

#include "libs/messaging/broker.hpp"
#include "services/gateway/tokens/revocations.hpp"

namespace waybill::gateway {

// nullopt for events that end no session. `token_life` is how long a token is good at most.
std::optional<Revocation> read_revocation(const messaging::Event& event,
                                          std::chrono::milliseconds token_life);

class RevocationFeed {
 public:
  // Called on the feed's thread, in the order of the events of a user.
  using Told = std::function<void(std::vector<Revocation>)>;

  // How old the knowledge may be before the gateway says that it isn't ready.
  static constexpr std::chrono::seconds kStale{30};

  // `broker` must outlive the feed.
  RevocationFeed(messaging::KafkaBroker& broker, std::string topic,
                 std::chrono::milliseconds token_life, Told told);
  ~RevocationFeed();

  void start();
  // Blocking, for as long as a request to Kafka takes.
  void stop();
  // Has everything been read that was in the topic half a minute ago? Thread-safe.
  bool is_current() const;
  // Has all been read that there was at the start, or half a minute passed without it? Thread-safe.
  bool has_begun() const;

 private:
  using Positions = std::vector<messaging::TopicPartition>;
  using Clock = std::chrono::steady_clock;

  void run(const std::stop_token& stop);
  void read(const std::stop_token& stop, Positions& positions);
  void tell(const std::vector<messaging::Event>& events, Positions& positions);
  void look_at_ends(const Positions& positions);

  messaging::KafkaBroker& broker_;
  const std::string topic_;
  const std::chrono::milliseconds token_life_;
  const Told told_;
  // Of the reading thread: where the topic ended at some time.
  std::map<std::int32_t, std::int64_t> ends_;
  Clock::time_point ends_at_{};
  Clock::time_point started_at_ = Clock::now();
  std::atomic<Clock::time_point> current_at_{Clock::time_point::min()};
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace waybill::gateway
