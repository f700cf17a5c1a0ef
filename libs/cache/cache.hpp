// Representations in Redis: a ready answer with its version and owner. Without Redis everything
// answers, slower. A fill never replaces a newer version, and an invalidation leaves a short
// tombstone with its version, so that a reader that loaded before a change can't store what it saw
// after it (both are Lua scripts, one round trip each).
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace waybill::cache {

struct Representation {
  std::int64_t version = 0;
  std::string owner;  // user id the object belongs to; empty for none
  std::string body;   // JSON, as it is sent
};

struct Invalidation {
  std::string key;           // "product:0190…"
  std::int64_t version = 0;  // the version that has just been committed
};

// How long a tombstone keeps older versions out: longer than any read takes that loaded before the
// change.
inline constexpr std::chrono::seconds kTombstoneLife{10};

class Cache {
 public:
  struct Options {
    std::string url = "redis://127.0.0.1:6379";
    std::chrono::milliseconds read_time{20};  // a slower answer counts as a miss
    std::chrono::milliseconds write_time{200};
  };
  // Connects in the background on `io` and reconnects with backoff.
  Cache(boost::asio::io_context& io, Options options);
  ~Cache();
  // Ends the link for good. On the io thread, and best before it ends: an io_context that is
  // destroyed with a link in it would have to call back into what is going.
  void close();

  // nullopt: not there, broken, a tombstone, or Redis is away. On the io thread only.
  boost::asio::awaitable<std::optional<Representation>> get(std::string key);
  // Stores if nothing newer is known; fire and forget. Thread-safe.
  void fill(std::string key, Representation value, std::chrono::seconds ttl);
  // Drops the entries and returns when Redis has done so, or after write_time; what could not be
  // dropped is remembered and dropped when Redis is back, before anything is read from it.
  // Thread-safe, blocking: never on the io thread.
  void invalidate(std::span<const Invalidation> entries) { start_invalidating(entries).wait(); }

  // The same in two steps, around a COMMIT: dropping takes its time beside the commit's, and a
  // process that dies right after it has dropped what it changed. Should the commit fail, the
  // tombstones keep the entries out of the cache for their life, that is all. After a commit that
  // took a good part of it, they are to be dropped again.
  class Dropping {
   public:
    // Returns when Redis has dropped the entries, or write_time after the start. Blocking.
    void wait();

   private:
    friend class Cache;
    std::future<bool> done_;
    std::chrono::steady_clock::time_point until_;
  };
  Dropping start_invalidating(std::span<const Invalidation> entries);
  bool is_connected() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::cache
