#include "services/gateway/events/event_feed.hpp"

#include <charconv>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "libs/contract/json.hpp"
#include "libs/core/backoff.hpp"
#include "libs/log/log.hpp"

namespace waybill::gateway {
namespace {

namespace pb = google::protobuf;

constexpr std::size_t kMostWaiting = 100;
constexpr std::size_t kEventsAtOnce = 500;
constexpr std::chrono::milliseconds kPoll{200};

const pb::Message* first_message(const pb::Message& event) {
  const pb::Descriptor& type = *event.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const auto* field = type.field(i);
    if (field->is_repeated() || field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (event.GetReflection()->HasField(event, field)) {
      return &event.GetReflection()->GetMessage(event, field);
    }
  }
  return nullptr;
}

std::string string_member(const pb::Message& message, const std::string& name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  if (!field || field->is_repeated() || field->cpp_type() != pb::FieldDescriptor::CPPTYPE_STRING) {
    return {};
  }
  return message.GetReflection()->GetString(message, field);
}

std::string header(const messaging::Event& event, std::string_view name) {
  const auto found = event.headers.find(name);
  return found == event.headers.end() ? std::string{} : found->second;
}

}  // namespace

std::optional<Change> read_change(const messaging::Event& event, const std::string& status_member) {
  const auto message = contract::make_message(header(event, "ce_type"));
  if (!message || !message->ParseFromString(event.value)) return std::nullopt;
  const pb::Message* state = first_message(*message);
  if (!state) return std::nullopt;
  Change change;
  const std::string version = header(event, "ce_version");
  std::from_chars(version.data(), version.data() + version.size(), change.version);
  change.json = contract::to_json(*state);
  change.status = string_member(*state, status_member);
  return change;
}

void Subscription::push(std::shared_ptr<const Change> change) {
  if (waiting_.size() >= kMostWaiting) {
    overflowed_ = true;
  } else {
    waiting_.push_back(std::move(change));
  }
  wake_.cancel();
}

async::awaitable<std::shared_ptr<const Change>> Subscription::next(std::chrono::milliseconds most) {
  if (waiting_.empty() && !overflowed_) {
    wake_.expires_after(most);
    boost::system::error_code woken;
    co_await wake_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
  }
  if (waiting_.empty()) co_return nullptr;
  auto change = std::move(waiting_.front());
  waiting_.pop_front();
  co_return change;
}

EventFeed::EventFeed(boost::asio::io_context& io, messaging::KafkaBroker& broker, std::string topic,
                     std::string status_member)
    : io_{io},
      broker_{broker},
      topic_{std::move(topic)},
      status_member_{std::move(status_member)},
      ready_{io},
      thread_{[this](const std::stop_token& stop) { run(stop); }} {}

EventFeed::~EventFeed() {
  stop();
}

void EventFeed::stop() {
  thread_ = {};
}

async::awaitable<bool> EventFeed::ready(std::chrono::milliseconds most) {
  if (ready_.is_set()) co_return true;
  const bool is_ready = co_await ready_.wait_for(most);
  co_return is_ready;
}

std::shared_ptr<Subscription> EventFeed::follow(const std::string& key) {
  auto subscription = std::make_shared<Subscription>(io_);
  const std::lock_guard lock{mutex_};
  for (auto entry = followers_.begin(); entry != followers_.end();) {
    auto& list = entry->second;
    std::erase_if(list, [](const auto& follower) { return follower.expired(); });
    entry = list.empty() ? followers_.erase(entry) : std::next(entry);
  }
  followers_[key].push_back(subscription);
  return subscription;
}

void EventFeed::run(const std::stop_token& stop) {
  std::vector<messaging::TopicPartition>
      positions;  // kept over failures, so that nothing is missed
  Backoff backoff;
  while (!stop.stop_requested()) {
    try {
      if (positions.empty()) positions = find_end();
      backoff.reset();
      read(stop, positions);
    } catch (const std::exception& error) {
      log::warn("gateway.feed-interrupted", {{"topic", topic_}, {"reason", error.what()}});
      async::pause(stop, backoff.next());
    }
  }
}

// The end as offsets, not as "the end": a reader that finds it later would miss what came between.
std::vector<messaging::TopicPartition> EventFeed::find_end() {
  std::vector<messaging::TopicPartition> positions;
  for (const auto& partition : broker_.partitions(topic_)) {
    positions.push_back({topic_, partition.partition, partition.end});
  }
  boost::asio::post(io_, [this] { ready_.set(); });
  return positions;
}

void EventFeed::read(const std::stop_token& stop,
                     std::vector<messaging::TopicPartition>& positions) {
  const auto consumer = broker_.read(positions);
  while (!stop.stop_requested()) {
    const auto events = consumer->poll(kEventsAtOnce, kPoll);
    for (const messaging::Event& event : events) {
      for (auto& position : positions) {
        if (position.partition == event.partition) position.offset = event.offset + 1;
      }
    }
    sort_out(events);
  }
}

bool EventFeed::is_followed(const std::string& key) {
  const std::lock_guard lock{mutex_};
  return followers_.contains(key);
}

void EventFeed::sort_out(const std::vector<messaging::Event>& events) {
  std::vector<Found> found;
  for (const messaging::Event& event : events) {
    if (!is_followed(event.key)) continue;
    auto change = read_change(event, status_member_);
    if (change) found.push_back({event.key, std::make_shared<const Change>(std::move(*change))});
  }
  if (found.empty()) return;
  boost::asio::post(io_, [this, found = std::move(found)] { deliver(found); });
}

void EventFeed::deliver(const std::vector<Found>& found) {
  for (const auto& [key, change] : found) {
    const std::lock_guard lock{mutex_};
    const auto followers = followers_.find(key);
    if (followers == followers_.end()) continue;
    for (const auto& follower : followers->second) {
      if (const auto subscription = follower.lock()) subscription->push(change);
    }
  }
}

}  // namespace waybill::gateway
