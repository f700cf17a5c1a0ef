// Where bytes live: objects under keys, in a folder or on a server that speaks S3. All calls block,
// so they belong on threads of a pool, never on the io thread; a Store may be used by many threads,
// an Upload or Download by one at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "libs/core/clock.hpp"

namespace waybill::blob {

// The store can't be reached, is full or refuses us: nothing of it is a caller's fault. what() is
// for logs.
class StoreError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Lower-case letters and digits in segments divided by '/', at most 200 characters: neither a path
// of the system nor anything that a URL would have to escape.
bool is_key(std::string_view text);

struct Object {
  std::string key;
  std::uint64_t size = 0;  // bytes
  Instant modified{};
};

// An object on its way in, in pieces of any size. Nobody sees it before finish(); one that is
// destroyed without leaves nothing (after a crash: see Store::sweep).
class Upload {
 public:
  virtual ~Upload() = default;
  virtual void write(std::string_view bytes) = 0;
  // Safe under this key when it returns: on disk, or acknowledged by the server. What is there
  // under the key must be the same bytes (keys come from digests), whoever wrote it.
  virtual void finish(const std::string& key) = 0;
};

// An object on its way out.
class Download {
 public:
  virtual ~Download() = default;
  // The next bytes, at most `most`; empty at the end of what was asked for. StoreError where the
  // object ends before that.
  virtual std::string read(std::size_t most) = 0;
};

// Functions throw StoreError, and std::invalid_argument for what is no key.
class Store {
 public:
  virtual ~Store() = default;

  virtual std::unique_ptr<Upload> begin() = 0;
  // `length` bytes from `first` on; nullptr where there is no such object.
  virtual std::unique_ptr<Download> open(const std::string& key, std::uint64_t first,
                                         std::uint64_t length) = 0;
  virtual std::optional<Object> find(const std::string& key) = 0;
  // What is not there is removed already.
  virtual void remove(const std::string& key) = 0;
  // Up to `most` objects with keys behind `after`, in the order of keys.
  virtual std::vector<Object> list(const std::string& after, std::size_t most) = 0;
  // Removes what uploads that were begun before this time have left; gives their number. Uploads
  // that are under way for longer are ended by it.
  virtual std::size_t sweep(Instant before) = 0;
  // A URL under which everybody may read the object until it expires; nullopt where the store has
  // none.
  virtual std::optional<std::string> link(const std::string& key, seconds life) = 0;
};

// Objects as files below `folder`, which is made if need be. A finished object has been synced,
// with the folders above it.
std::unique_ptr<Store> make_folder_store(const std::string& folder);

}  // namespace waybill::blob
