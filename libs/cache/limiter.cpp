#include "libs/cache/limiter.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <hiredis/hiredis.h>

#include "libs/cache/connection.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"

namespace waybill::cache {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

// How often a Redis that comes and goes is worth a line in the log.
constexpr std::chrono::minutes kTellAgain{1};

// KEYS[1] is a list of the times at which calls were admitted, in microseconds, oldest first. All
// times are Redis' own. Answers {admitted, left, microseconds until one more is free}.
constexpr const char* kScript = R"(
local key, calls, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local newest = tonumber(redis.call('LINDEX', key, -1) or now)
if newest > now + window then redis.call('DEL', key)  -- the clock was set back by more than this
elseif newest > now then now = newest end  -- … by less: nobody gets in because of it
local oldest = tonumber(redis.call('LINDEX', key, 0) or nil)
while oldest and oldest <= now - window do
  redis.call('LPOP', key)
  oldest = tonumber(redis.call('LINDEX', key, 0) or nil)
end
local used = redis.call('LLEN', key)
if used >= calls then
  return {0, 0, tonumber(redis.call('LINDEX', key, used - calls)) + window - now}
end
redis.call('RPUSH', key, string.format('%.0f', now))
redis.call('PEXPIRE', key, math.ceil(window / 1000) + 1)
return {1, calls - used - 1, (oldest or now) + window - now})";

std::optional<Verdict> read_verdict(const redisReply* reply) {
  if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements != 3) return std::nullopt;
  return Verdict{reply->element[0]->integer == 1, reply->element[1]->integer,
                 std::chrono::microseconds{reply->element[2]->integer}};
}

}  // namespace

struct Limiter::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& on, Options with)
      : io{on}, options{std::move(with)}, windows{options.remembered} {}

  asio::io_context& io;
  const Options options;
  Windows windows;
  std::shared_ptr<Connection> connection;
  std::atomic<bool> closed{false};
  bool is_up = false;
  bool counts_alone = false;
  std::optional<Clock::time_point> told_at;
  metrics::Gauge& fallback =
      metrics::gauge("rate_limit_fallback", "1 while this process counts calls for itself.");

  void make_connection() {
    const auto self = shared_from_this();
    connection = std::make_shared<Connection>(
        io, options.url, [self] { self->is_up = true; }, [self] { self->is_up = false; });
  }

  void close() {
    closed = true;
    is_up = false;
    connection->close();
  }

  void ask(const std::string& key, const Limit& limit,
           std::function<void(std::optional<Verdict>)> answer) {
    const std::string calls = std::to_string(limit.calls);
    const std::string window = std::to_string(limit.window.count());
    connection->ask(
        {"EVAL", kScript, "1", key, calls, window}, options.answer_time,
        [answer = std::move(answer)](const redisReply* reply) { answer(read_verdict(reply)); });
  }

  void count_alone(bool alone) {
    if (counts_alone == alone) return;
    counts_alone = alone;
    fallback.set(alone ? 1 : 0);
    if (!alone || (told_at && Clock::now() - *told_at < kTellAgain)) return;
    told_at = Clock::now();
    log::warn("limits.redis-away", {{"effect", "each process counts calls for itself"}});
  }
};

Limiter::Limiter(asio::io_context& io, Options options)
    : impl_{std::make_shared<Impl>(io, std::move(options))} {
  impl_->make_connection();
  asio::post(io, [impl = impl_] { impl->connection->open(); });
}

Limiter::~Limiter() {
  if (!impl_->closed) asio::post(impl_->io, [impl = impl_] { impl->close(); });
}

void Limiter::close() {
  impl_->close();
}

namespace {

template <class Impl>
asio::awaitable<std::optional<Verdict>> ask_redis(std::shared_ptr<Impl> impl, std::string key,
                                                  Limit limit) {
  const auto initiate = [impl, key = std::move(key), limit](auto handler) {
    const auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    impl->ask(key, limit,
              [shared](std::optional<Verdict> verdict) { std::move (*shared)(verdict); });
  };
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable),
                                          void(std::optional<Verdict>)>(initiate,
                                                                        asio::use_awaitable);
}

}  // namespace

asio::awaitable<Verdict> Limiter::admit(std::string key, Limit limit) {
  const std::shared_ptr<Impl> impl = impl_;
  // What this process has admitted is a part of what all have: where that is too much already, all
  // the others need not be asked. A flood of one caller costs Redis nothing.
  const Verdict own = impl->windows.look(key, limit, Clock::now());
  if (!own.admitted) co_return own;
  if (impl->is_up) {
    const auto shared = co_await ask_redis(impl, key, limit);
    impl->count_alone(!shared);
    if (shared && shared->admitted) impl->windows.count(key, limit, Clock::now());
    if (shared) co_return *shared;
  } else {
    impl->count_alone(true);
  }
  co_return impl->windows.admit(key, limit, Clock::now());
}

}  // namespace waybill::cache
