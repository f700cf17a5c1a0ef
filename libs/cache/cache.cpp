#include "libs/cache/cache.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <hiredis/hiredis.h>

#include "libs/cache/connection.hpp"
#include "libs/cache/value.hpp"
#include "libs/core/planted.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"

namespace waybill::cache {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kMostOwed = 100'000;

// "product" of "product:0190…".
std::string family_of(const std::string& key) {
  return key.substr(0, key.find(':'));
}

bool is_ok(const redisReply* reply) {
  return reply != nullptr && reply->type != REDIS_REPLY_ERROR;
}

using Answer = std::function<void(std::optional<Representation>)>;

}  // namespace

struct Cache::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& on, Options with) : io{on}, options{std::move(with)} {}

  asio::io_context& io;
  const Options options;
  std::shared_ptr<Connection> connection;
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

  void make_connection() {
    const auto self = shared_from_this();
    connection = std::make_shared<Connection>(
        io, options.url, [self] { self->on_up(); }, [self] { self->on_down(); });
  }

  void close() {
    closed = true;
    on_down();
    connection->close();
  }

  void on_up() {
    log::info("cache.connected");
    pay_debts();
  }

  void on_down() {
    if (trusted && !closed) {
      log::warn("cache.lost", {{"effect", "reads go to the services until Redis is back"}});
    }
    trusted = false;
    connected = false;
    up.set(0);
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
      done ? self->pay_debts() : self->connection->give_up();
    });
  }

  // Without version and tombstone: what was loaded before so many changes is long since stored.
  void drop_family(const std::string& family, const std::string& cursor) {
    const auto dropped = [self = shared_from_this(), family](const redisReply* page) {
      if (!page || page->type != REDIS_REPLY_ARRAY || page->elements != 2) {
        return self->connection->give_up();
      }
      self->unlink(*page->element[1]);
      const std::string next{page->element[0]->str};
      if (next != "0") return self->drop_family(family, next);
      self->owed_families.erase(family);
      self->pay_debts();
    };
    connection->send({"SCAN", cursor, "MATCH", family + ":*", "COUNT", "1000"}, dropped);
  }

  void unlink(const redisReply& keys) {
    if (keys.elements == 0) return;
    std::vector<std::string_view> command{"UNLINK"};
    for (std::size_t i = 0; i < keys.elements; ++i) {
      command.emplace_back(keys.element[i]->str, static_cast<std::size_t>(keys.element[i]->len));
    }
    connection->send(command, [](const redisReply*) {});
  }

  void read(const std::string& key, Answer answer) {
    connection->ask({"GET", key}, options.read_time,
                    [self = shared_from_this(), key, answer = std::move(answer)](
                        const redisReply* reply) { answer(self->value_of(key, reply)); });
  }

  std::optional<Representation> value_of(const std::string& key, const redisReply* reply) {
    std::optional<Representation> value;
    if (reply && reply->type == REDIS_REPLY_STRING) {
      const std::string_view text{reply->str, static_cast<std::size_t>(reply->len)};
      value = decode(text);
      if (!value && !text.starts_with('x')) drop_broken(key);
    }
    (reply ? (value ? hits : misses) : errors).add();
    return value;
  }

  // Whatever it is, it is not ours to read; the service fills it again.
  void drop_broken(const std::string& key) {
    log::warn("cache.broken_value", {{"key", key}});
    connection->send({"DEL", key}, [](const redisReply*) {});
  }

  void fill(const std::string& key, const Representation& value, std::chrono::seconds ttl) {
    if (!trusted) return;
    const std::string version = std::to_string(value.version);
    const std::string text = encode(value);
    const std::string time = std::to_string(ttl.count());
    if (planted(Bug::cache_fill_ungated)) {
      connection->send({"SET", key, text, "EX", time}, [](const redisReply*) {});
      return;
    }
    connection->send({"EVAL", kFillScript, "1", key, version, text, time},
                     [](const redisReply*) {});
  }

  void send_invalidations(std::vector<Invalidation> entries, std::function<void(bool)> done) {
    const std::string count = std::to_string(entries.size());
    std::vector<std::string> versions;
    for (const Invalidation& entry : entries) versions.push_back(std::to_string(entry.version));
    const std::string life = std::to_string(kTombstoneLife.count());
    std::vector<std::string_view> command{"EVAL", kInvalidateScript, count};
    for (const Invalidation& entry : entries) command.push_back(entry.key);
    command.push_back(life);
    command.insert(command.end(), versions.begin(), versions.end());
    const auto kept = std::make_shared<std::vector<Invalidation>>(std::move(entries));
    connection->send(command, [self = shared_from_this(), kept, done](const redisReply* reply) {
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
  impl_->make_connection();
  asio::post(io, [impl = impl_] { impl->connection->open(); });
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
