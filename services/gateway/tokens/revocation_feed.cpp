#include "services/gateway/tokens/revocation_feed.hpp"

#include "libs/async/async.hpp"
#include "libs/core/backoff.hpp"
#include "libs/log/log.hpp"
#include "waybill/identity/v1/events.pb.h"

namespace waybill::gateway {
namespace {

constexpr std::size_t kEventsAtOnce = 1'000;
constexpr std::chrono::milliseconds kPoll{200};
// How often the end of the topic is looked up, which also tells whether Kafka is there.
constexpr std::chrono::seconds kLook{2};
// Clocks of other machines.
constexpr std::chrono::minutes kMargin{5};

std::string_view type_of(const messaging::Event& event) {
  const auto found = event.headers.find("ce_type");
  return found == event.headers.end() ? std::string_view{} : found->second;
}

std::optional<Revocation> of_sessions(const identity::v1::SessionsRevoked& event) {
  const auto user = Id::parse(event.user_id());
  const auto at = parse_rfc3339(event.revoked_at());
  const auto until = parse_rfc3339(event.until());
  if (!user || !at || !until) return std::nullopt;
  Revocation revocation;
  revocation.user = *user;
  revocation.at = *at;
  revocation.until = *until;
  if (event.has_family()) revocation.session = Id::parse(event.family());
  if (event.has_jti()) revocation.token = Id::parse(event.jti());
  const bool is_read = event.has_family() == revocation.session.has_value() &&
                       event.has_jti() == revocation.token.has_value();
  if (!is_read) return std::nullopt;
  return revocation;
}

}  // namespace

std::optional<Revocation> read_revocation(const messaging::Event& event,
                                          std::chrono::milliseconds token_life) {
  const std::string_view type = type_of(event);
  if (type == identity::v1::SessionsRevoked::descriptor()->full_name()) {
    identity::v1::SessionsRevoked revoked;
    return revoked.ParseFromString(event.value) ? of_sessions(revoked) : std::nullopt;
  }
  if (type != identity::v1::UserDeleted::descriptor()->full_name()) return std::nullopt;
  const auto user = Id::parse(event.key);
  if (!user) return std::nullopt;
  Revocation revocation;
  revocation.user = *user;
  revocation.at = Instant::max();  // the id does not come back
  revocation.until = from_unix_micros(event.timestamp_ms * 1'000) + token_life + kMargin;
  return revocation;
}

RevocationFeed::RevocationFeed(messaging::KafkaBroker& broker, std::string topic,
                               std::chrono::milliseconds token_life, Told told)
    : broker_{broker}, topic_{std::move(topic)}, token_life_{token_life}, told_{std::move(told)} {}

RevocationFeed::~RevocationFeed() {
  stop();
}

void RevocationFeed::start() {
  thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void RevocationFeed::stop() {
  thread_ = {};
}

bool RevocationFeed::is_current() const {
  const auto at = current_at_.load();
  return at != Clock::time_point::min() && Clock::now() - at < kStale;
}

bool RevocationFeed::has_begun() const {
  return current_at_.load() != Clock::time_point::min() || Clock::now() - started_at_ >= kStale;
}

void RevocationFeed::run(const std::stop_token& stop) {
  Positions positions;  // kept over failures, so that nothing is missed
  Backoff backoff;
  bool told_of_trouble = false;
  while (!stop.stop_requested()) {
    try {
      if (positions.empty()) {
        positions = broker_.offsets_at(topic_, now() - token_life_ - kMargin);
      }
      if (std::exchange(told_of_trouble, false)) log::info("auth.revocations-followed");
      backoff.reset();
      read(stop, positions);
    } catch (const std::exception& error) {
      if (!std::exchange(told_of_trouble, true)) {
        log::warn("auth.revocations-interrupted", {{"topic", topic_}, {"reason", error.what()}});
      }
      async::pause(stop, backoff.next());
    }
  }
}

void RevocationFeed::read(const std::stop_token& stop, Positions& positions) {
  const auto consumer = broker_.read(positions);
  ends_.clear();
  while (!stop.stop_requested()) {
    look_at_ends(positions);
    tell(consumer->poll(kEventsAtOnce, kPoll), positions);
  }
}

void RevocationFeed::tell(const std::vector<messaging::Event>& events, Positions& positions) {
  std::vector<Revocation> found;
  for (const messaging::Event& event : events) {
    for (auto& position : positions) {
      if (position.partition == event.partition) position.offset = event.offset + 1;
    }
    if (const auto revocation = read_revocation(event, token_life_)) found.push_back(*revocation);
  }
  if (!found.empty()) told_(std::move(found));
}

// What has been read up to an end is known since that end was looked up.
void RevocationFeed::look_at_ends(const Positions& positions) {
  const auto reached = [this](const messaging::TopicPartition& position) {
    const auto end = ends_.find(position.partition);
    return end != ends_.end() && position.offset >= end->second;
  };
  if (!ends_.empty() && std::all_of(positions.begin(), positions.end(), reached)) {
    current_at_ = ends_at_;
  }
  if (!ends_.empty() && Clock::now() - ends_at_ < kLook) return;
  ends_at_ = Clock::now();
  ends_.clear();
  for (const auto& info : broker_.partitions(topic_)) ends_[info.partition] = info.end;
  if (ends_.size() != positions.size())
    throw std::runtime_error{"the topic has more partitions now"};
}

}  // namespace waybill::gateway
