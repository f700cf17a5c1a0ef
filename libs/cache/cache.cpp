#include "libs/cache/cache.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <hiredis/hiredis.h>

#include "libs/cache/link.hpp"
#include "libs/cache/value.hpp"
#include "libs/core/backoff.hpp"
#include "libs/core/clock.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"

namespace waybill::cache {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::string_view kTombstoneSeconds =
    "10";  // longer than any read that loaded before the change takes
constexpr std::size_t kMostOwed = 100'000;
// A Redis that leaves a PING unanswered for this long is taken for dead, though its link stands.
constexpr milliseconds kPulse{1000};

// "product" of "product:0190…".
std::string family_of(const std::string& key) {
  return key.substr(0, key.find(':'));
}

bool is_ok(const redisReply* reply) {
  return reply != nullptr && reply->type != REDIS_REPLY_ERROR;
}

using Answer = std::function<void(std::optional<Representation>)>;

// A read under way. The sweep answers it when Redis is late; the reply then finds `answer` gone.
struct Read {
  Answer answer;
  Clock::time_point deadline;
};

}  // namespace

struct Cache::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& on, Options with)
      : io{on},
        options{std::move(with)},
        address{parse_address(options.url)},
        retry{on},
        pulse{on},
        sweep_timer{on} {}

  asio::io_context& io;
  const Options options;
  const Address address;
  std::unique_ptr<Link> link;
  asio::steady_timer retry;
  asio::steady_timer pulse;
  asio::steady_timer sweep_timer;
  Backoff backoff{milliseconds{20}, seconds{2}};
  std::deque<std::shared_ptr<Read>> reads;  // oldest first
  bool sweeping = false;
  std::atomic<bool> closed{false};
  std::atomic<bool> connected{false};
  bool trusted = false;  // connected, and everything owed was dropped

  // Invalidations that Redis has not heard of, by key with the newest version.
  std::map<std::string, std::int64_t> owed;
  // Of more than could be remembered: all keys of these families go.
  std::set<std::string> owed_families;

  metrics::Counter& hits =
      metrics::counter("cache_reads_total", "Reads of the cache.", {{"result", "hit"}});
  metrics::Counter& misses =
      metrics::counter("cache_reads_total", "Reads of the cache.", {{"result", "miss"}});
  metrics::Counter& errors =
      metrics::counter("cache_reads_total", "Reads of the cache.", {{"result", "error"}});
  metrics::Gauge& up = metrics::gauge("cache_connected", "1 while Redis is connected.");
  metrics::Gauge& owed_now =
      metrics::gauge("cache_owed_invalidations", "Invalidations that wait for Redis.");

  void connect() {
    if (closed) return;
    const auto self = shared_from_this();
    link = std::make_unique<Link>(
        io, address, [self] { self->on_up(); }, [self] { self->on_down(); });
  }

  void close() {
    closed = true;
    trusted = false;
    connected = false;
    up.set(0);
    retry.cancel();
    pulse.cancel();
    sweep_timer.cancel();
    // Not through on_down(): what waits for an answer gets one, and nothing is tried again.
    const auto last = std::move(link);
  }

  // Connected does not mean that anybody is there: a stopped process still has its socket.
  void on_up() {
    beat([self = shared_from_this()] {
      self->backoff.reset();
      log::info("cache.connected");
      self->pay_debts();
    });
  }

  // Asks for a sign of life again and again; gives the link up when there is none.
  void beat(std::function<void()> alive) {
    const auto answered = std::make_shared<bool>(false);
    link->send({"PING"}, [answered, alive = std::move(alive)](const redisReply* reply) {
      *answered = is_ok(reply);
      if (*answered && alive) alive();
    });
    pulse.expires_after(kPulse);
    pulse.async_wait([self = shared_from_this(), answered](const boost::system::error_code& error) {
      if (error || !self->link) return;
      *answered ? self->beat({}) : self->on_down();
    });
  }

  // Before anything is read, what changed while Redis was away is dropped.
  void pay_debts() {
    if (!owed_families.empty()) return drop_family(*owed_families.begin(), "0");
    if (owed.empty()) {
      trusted = true;
      connected = true;
      up.set(1);
      return;
    }
    std::vector<Invalidation> entries;
    for (const auto& [key, version] : owed) entries.push_back({key, version});
    owed.clear();
    owed_now.set(0);
    send_invalidations(std::move(entries), [self = shared_from_this()](bool done) {
      done ? self->pay_debts() : self->give_up();
    });
  }

  // Redis is there and refuses: perhaps it is full, or still loading. A new link asks again later.
  void give_up() {
    asio::post(io, [self = shared_from_this()] { self->on_down(); });
  }

  // Without version and tombstone: what was loaded before so many changes is long since stored.
  void drop_family(const std::string& family, const std::string& cursor) {
    const auto dropped = [self = shared_from_this(), family](const redisReply* page) {
      if (!page || page->type != REDIS_REPLY_ARRAY || page->elements != 2) return self->give_up();
      self->unlink(*page->element[1]);
      const std::string next{page->element[0]->str};
      if (next != "0") return self->drop_family(family, next);
      self->owed_families.erase(family);
      self->pay_debts();
    };
    link->send({"SCAN", cursor, "MATCH", family + ":*", "COUNT", "1000"}, dropped);
  }

  void unlink(const redisReply& keys) {
    if (keys.elements == 0) return;
    std::vector<std::string_view> command{"UNLINK"};
    for (std::size_t i = 0; i < keys.elements; ++i) {
      command.emplace_back(keys.element[i]->str, static_cast<std::size_t>(keys.element[i]->len));
    }
    link->send(command, [](const redisReply*) {});
  }

  void on_down() {
    if (!link) return;
    if (trusted)
      log::warn("cache.lost", {{"effect", "reads go to the services until Redis is back"}});
    trusted = false;
    connected = false;
    up.set(0);
    pulse.cancel();
    link.reset();
    if (closed) return;
    retry.expires_after(backoff.next());
    retry.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error) self->connect();
    });
  }

  void read(const std::string& key, Answer answer) {
    const auto entry =
        std::make_shared<Read>(Read{std::move(answer), Clock::now() + options.read_time});
    reads.push_back(entry);
    link->send({"GET", key}, [this, self = shared_from_this(), entry,
                              key](const redisReply* reply) { on_value(*entry, key, reply); });
    if (!sweeping) sweep_later();
  }

  void on_value(Read& entry, const std::string& key, const redisReply* reply) {
    while (!reads.empty() && !reads.front()->answer) reads.pop_front();
    if (!entry.answer) return;
    std::optional<Representation> value;
    if (reply && reply->type == REDIS_REPLY_STRING) {
      const std::string_view text{reply->str, static_cast<std::size_t>(reply->len)};
      value = decode(text);
      if (!value && !text.starts_with('x')) drop_broken(key);
    }
    (reply ? (value ? hits : misses) : errors).add();
    std::exchange(entry.answer, nullptr)(std::move(value));
  }

  // Whatever it is, it is not ours to read; the service fills it again.
  void drop_broken(const std::string& key) {
    log::warn("cache.broken_value", {{"key", key}});
    if (link) link->send({"DEL", key}, [](const redisReply*) {});
  }

  // One timer for all reads instead of one for each.
  void sweep_later() {
    sweeping = true;
    sweep_timer.expires_after(options.read_time / 2);
    sweep_timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      self->sweeping = false;
      if (!error) self->sweep();
    });
  }

  void sweep() {
    const auto now = Clock::now();
    while (!reads.empty() && (!reads.front()->answer || reads.front()->deadline <= now)) {
      const auto late = reads.front();
      reads.pop_front();
      if (!late->answer) continue;
      errors.add();
      std::exchange(late->answer, nullptr)(std::nullopt);
    }
    if (!reads.empty()) sweep_later();
  }

  void fill(const std::string& key, const Representation& value, std::chrono::seconds ttl) {
    if (!trusted) return;
    const std::string version = std::to_string(value.version);
    const std::string text = encode(value);
    const std::string time = std::to_string(ttl.count());
    link->send({"EVAL", kFillScript, "1", key, version, text, time}, [](const redisReply*) {});
  }

  void send_invalidations(std::vector<Invalidation> entries, std::function<void(bool)> done) {
    const std::string count = std::to_string(entries.size());
    std::vector<std::string> versions;
    for (const Invalidation& entry : entries) versions.push_back(std::to_string(entry.version));
    std::vector<std::string_view> command{"EVAL", kInvalidateScript, count};
    for (const Invalidation& entry : entries) command.push_back(entry.key);
    command.push_back(kTombstoneSeconds);
    command.insert(command.end(), versions.begin(), versions.end());
    const auto kept = std::make_shared<std::vector<Invalidation>>(std::move(entries));
    link->send(command, [self = shared_from_this(), kept, done](const redisReply* reply) {
      const bool ok = is_ok(reply);
      if (!ok) self->owe(*kept);
      done(ok);
    });
  }

  void owe(std::span<const Invalidation> entries) {
    for (const Invalidation& entry : entries) {
      auto& version = owed[entry.key];
      version = std::max(version, entry.version);
    }
    if (owed.size() > kMostOwed) {
      for (const auto& [key, version] : owed) owed_families.insert(family_of(key));
      owed.clear();
    }
    owed_now.set(static_cast<double>(owed.size()));
  }

  void invalidate(std::vector<Invalidation> entries, std::function<void(bool)> done) {
    if (trusted) return send_invalidations(std::move(entries), std::move(done));
    owe(entries);
    done(false);
  }
};

Cache::Cache(asio::io_context& io, Options options)
    : impl_{std::make_shared<Impl>(io, std::move(options))} {
  asio::post(io, [impl = impl_] { impl->connect(); });
}

// The io thread may run or have ended; what it still holds is freed with its last handler.
Cache::~Cache() {
  if (!impl_->closed) asio::post(impl_->io, [impl = impl_] { impl->close(); });
}

void Cache::close() {
  impl_->close();
}

asio::awaitable<std::optional<Representation>> Cache::get(std::string key) {
  if (!impl_->trusted) {
    impl_->errors.add();
    co_return std::nullopt;
  }
  const auto initiate = [impl = impl_, key = std::move(key)](auto handler) {
    const auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    impl->read(key, [shared](std::optional<Representation> value) {
      std::move (*shared)(std::move(value));
    });
  };
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable),
                                          void(std::optional<Representation>)>(initiate,
                                                                               asio::use_awaitable);
}

void Cache::fill(std::string key, Representation value, std::chrono::seconds ttl) {
  asio::post(impl_->io, [impl = impl_, key = std::move(key), value = std::move(value), ttl] {
    impl->fill(key, value, ttl);
  });
}

Cache::Dropping Cache::start_invalidating(std::span<const Invalidation> entries) {
  Dropping dropping;
  if (entries.empty()) return dropping;
  const auto finished = std::make_shared<std::promise<bool>>();
  dropping.done_ = finished->get_future();
  dropping.until_ = Clock::now() + impl_->options.write_time;
  asio::post(
      impl_->io,
      [impl = impl_, list = std::vector<Invalidation>{entries.begin(), entries.end()}, finished] {
        impl->invalidate(list, [finished](bool done) { finished->set_value(done); });
      });
  return dropping;
}

void Cache::Dropping::wait() {
  if (done_.valid()) done_.wait_until(until_);
}

bool Cache::is_connected() const {
  return impl_->connected;
}

}  // namespace waybill::cache
