#include "services/gateway/tokens/token_keys.hpp"

#include "libs/async/async.hpp"
#include "libs/core/backoff.hpp"
#include "libs/log/log.hpp"

namespace waybill::gateway {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kService = "identity";
constexpr const char* kPath = "/v1/auth/jwks.json";
constexpr std::chrono::minutes kFresh{5};
constexpr std::chrono::seconds kAskAgain{10};
constexpr std::chrono::seconds kPatience{10};

}  // namespace

struct TokenKeys::State {
  State(boost::asio::io_context& context, Upstreams& services) : io{context}, upstreams{services} {}

  boost::asio::io_context& io;
  Upstreams& upstreams;
  auth::KeySet keys;
  std::atomic<bool> known{false};
  bool stopped = false;
  std::optional<Clock::time_point> asked_at;  // because a key was missing
  std::shared_ptr<async::Event> under_way;    // a request for the keys
};

TokenKeys::TokenKeys(boost::asio::io_context& io, Upstreams& upstreams)
    : state_{std::make_shared<State>(io, upstreams)} {}

// The coroutine that keeps the keys fresh may wake up once more.
TokenKeys::~TokenKeys() {
  state_->stopped = true;
}

void TokenKeys::start() {
  async::spawn(state_->io.get_executor(), keep_fresh(state_), "gateway.token-keys");
}

const auth::KeySet& TokenKeys::present() const {
  return state_->keys;
}

bool TokenKeys::are_known() const {
  return state_->known;
}

web::awaitable<void> TokenKeys::keep_fresh(std::shared_ptr<State> state) {
  Backoff backoff{std::chrono::milliseconds{100}, std::chrono::milliseconds{5'000}};
  while (!state->stopped) {
    co_await fetch(state);
    co_await async::pause(state->known ? std::chrono::milliseconds{kFresh} : backoff.next());
  }
}

// One request at a time; whoever comes meanwhile waits for its answer.
web::awaitable<void> TokenKeys::fetch(std::shared_ptr<State> state) {
  if (const auto under_way = state->under_way) {
    co_await under_way->wait_for(kPatience);
    co_return;
  }
  const auto done = std::make_shared<async::Event>(state->io);
  state->under_way = done;
  web::ClientRequest request;
  request.target = kPath;
  TraceContext trace;
  trace.correlation_id = new_correlation_id();
  const Caller nobody;
  const auto answer = co_await state->upstreams.send(kService, std::move(request), nobody, trace);
  state->under_way = nullptr;
  if (answer && answer->status == 200) {
    auto keys = auth::KeySet::parse(answer->body);
    if (keys) {
      state->keys = std::move(*keys);
      state->known = state->keys.size() > 0;
    } else {
      log::warn("auth.broken-keys", {{"reason", keys.error().detail}});
    }
  }
  done->set();
}

web::awaitable<bool> TokenKeys::ask_again() {
  const std::shared_ptr<State> state = state_;
  if (!state->under_way) {
    const auto now = Clock::now();
    if (state->asked_at && now - *state->asked_at < kAskAgain) co_return false;
    state->asked_at = now;
  }
  co_await fetch(state);
  co_return true;
}

}  // namespace waybill::gateway
