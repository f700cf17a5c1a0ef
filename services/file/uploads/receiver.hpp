// One file on its way from a client into the store: digest and type are found while it passes, in
// constant memory. Io thread only; what blocks runs on the pool.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/thread_pool.hpp>

#include "libs/async/async.hpp"
#include "libs/blob/blob.hpp"
#include "libs/pg/pg.hpp"
#include "services/file/domain/task.hpp"

namespace waybill::file::uploads {

// What uploads work with; must outlive them.
struct Workshop {
  boost::asio::thread_pool& threads;
  blob::Store& store;
  pg::Pool& connections;
};

struct Received {
  std::string sha256;  // hex
  std::uint64_t size = 0;
  std::string type;  // by magic bytes
};

// The file that these bytes are, without id and kind.
domain::File to_file(const Received& received, std::string file_name);

// Functions throw blob::StoreError and pg::TransientError. One that is destroyed before keep() has
// left nothing.
class Receiver {
 public:
  explicit Receiver(Workshop workshop);
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  async::awaitable<void> write(std::string_view bytes);
  std::uint64_t size() const;
  // The type, as soon as nothing that comes can change it; empty before.
  const std::string& certain_type() const;
  // After the last byte.
  async::awaitable<Received> finish();
  // Makes the bytes safe under their digest; after finish().
  async::awaitable<void> keep();

 private:
  struct Impl;
  async::awaitable<void> flush();

  const std::unique_ptr<Impl> impl_;
};

}  // namespace waybill::file::uploads
