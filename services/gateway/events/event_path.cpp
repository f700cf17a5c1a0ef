#include "services/gateway/events/event_path.hpp"

#include <charconv>

#include "libs/metrics/metrics.hpp"
#include "libs/web/sse.hpp"

namespace waybill::gateway {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds kFeedTime{3'000};  // for Kafka to say where its end is
// How often a quiet stream looks whether it should end.
constexpr std::chrono::milliseconds kTick{1'000};

std::int64_t parse_version(std::string_view text) {
  if (text.starts_with('"')) text.remove_prefix(1);
  std::int64_t version = 0;
  std::from_chars(text.begin(), text.end(), version);
  return version;
}

Change present_state(const web::Response& response, const std::string& status_member) {
  Change state;
  state.version = parse_version(response.headers.get("ETag"));
  state.json = response.body;
  json::error_code error;
  const json::value body = json::parse(response.body, error);
  const auto* object = error ? nullptr : body.if_object();
  const auto* status = object ? object->if_contains(status_member) : nullptr;
  if (status && status->is_string()) state.status = std::string{status->get_string()};
  return state;
}

// Counts a stream as long as it lives.
class Place {
 public:
  explicit Place(std::shared_ptr<std::size_t> open) : open_{std::move(open)} { count(1); }
  ~Place() { count(-1); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  void count(int change) {
    *open_ += static_cast<std::size_t>(change);
    metrics::gauge("gateway_event_streams", "Open streams of server-sent events.")
        .set(static_cast<double>(*open_));
  }

  std::shared_ptr<std::size_t> open_;
};

class StateStream final : public web::BodyStream {
 public:
  StateStream(contract::EventsTarget target, Change present, std::int64_t seen,
              std::shared_ptr<Subscription> changes, std::shared_ptr<const Standing> standing,
              std::chrono::milliseconds heartbeat, std::shared_ptr<std::size_t> open_streams)
      : target_{std::move(target)},
        present_{std::move(present)},
        seen_{seen},
        changes_{std::move(changes)},
        standing_{std::move(standing)},
        heartbeat_{heartbeat},
        place_{std::move(open_streams)} {}

  web::awaitable<void> run(web::StreamWriter& out) override {
    bool goes_on = co_await tell(present_, out);
    auto last_word = std::chrono::steady_clock::now();
    while (goes_on && out.is_open() && !out.is_draining() && !changes_->has_overflowed()) {
      const auto change = co_await changes_->next(std::min(kTick, heartbeat_));
      if (standing_ && !standing_->holds()) break;  // his session has been ended
      if (change) {
        goes_on = co_await tell(*change, out);
        last_word = std::chrono::steady_clock::now();
      } else if (std::chrono::steady_clock::now() - last_word >= heartbeat_) {
        std::string comment = web::sse_comment("still here");
        goes_on = co_await out.write(std::move(comment));
        last_word = std::chrono::steady_clock::now();
      }
    }
  }

 private:
  // Writes the state if it is newer than what the client has seen. False when the stream is over.
  web::awaitable<bool> tell(const Change& state, web::StreamWriter& out) {
    if (state.version > seen_) {
      std::string text = web::sse_event(std::to_string(state.version), target_.event, state.json);
      const bool written = co_await out.write(std::move(text));
      if (!written) co_return false;
      seen_ = state.version;
    }
    if (!is_final(state)) co_return true;
    std::string end = web::sse_event({}, "end", "{}");  // clients drop events without data
    co_await out.write(std::move(end));
    co_return false;
  }

  bool is_final(const Change& state) const {
    return state.version >= seen_ && std::find(target_.final.begin(), target_.final.end(),
                                               state.status) != target_.final.end();
  }

  const contract::EventsTarget target_;  // the stream may outlive the contract
  const Change present_;
  std::int64_t seen_;  // version
  const std::shared_ptr<Subscription> changes_;
  const std::shared_ptr<const Standing> standing_;
  const std::chrono::milliseconds heartbeat_;
  const Place place_;
};

std::string fill_path(std::string_view path_template, const web::PathParams& params) {
  return cache_key(path_template, params);
}

}  // namespace

EventPath::EventPath(boost::asio::io_context& io, messaging::KafkaBroker& broker,
                     QueryPath& queries, Options options)
    : io_{io}, broker_{broker}, queries_{queries}, options_{options} {}

EventPath::~EventPath() {
  stop();
}

void EventPath::stop() {
  for (auto& [topic, feed] : feeds_) feed->stop();
}

EventFeed& EventPath::feed_of(const contract::EventsTarget& target) {
  auto& feed = feeds_[target.topic];
  if (!feed) feed = std::make_unique<EventFeed>(io_, broker_, target.topic, target.status);
  return *feed;
}

web::awaitable<web::Response> EventPath::answer(Call call) {
  const contract::EventsTarget& target = *call.operation.events;
  if (*open_streams_ >= options_.streams) {
    co_return web::problem_response(unavailable("Too many streams are open."), call.request);
  }
  EventFeed& feed = feed_of(target);
  const bool ready = co_await feed.ready(kFeedTime);
  if (!ready) {
    co_return web::problem_response(unavailable("Events can't be followed at the moment."),
                                    call.request);
  }
  // Follow first, look then: a change in between comes twice, and the second time is dropped.
  const std::string path = fill_path(target.query, call.params);
  const auto source = call.contract.match("GET", path);
  const std::string key = source.params.empty() ? std::string{} : source.params.front().second;
  auto changes = feed.follow(key);
  const Call state_call{call.contract, *source.value, source.params, call.request, call.caller};
  std::string state_path = path;
  web::Response state = co_await queries_.fetch(state_call, std::move(state_path));
  if (state.status != 200) co_return state;

  web::Response response;
  response.headers.add("Content-Type", "text/event-stream");
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("X-Accel-Buffering", "no");  // proxies must not collect events
  response.stream = std::make_shared<StateStream>(
      target, present_state(state, target.status),
      parse_version(call.request.headers.get("Last-Event-ID")), std::move(changes), call.standing,
      options_.heartbeat, open_streams_);
  co_return response;
}

}  // namespace waybill::gateway
