#include "services/file/uploads/receiver.hpp"

#include "libs/core/digest.hpp"
#include "services/file/media/sniffer.hpp"
#include "services/file/store/files.hpp"

namespace waybill::file::uploads {
namespace {

// Large enough that changing threads costs little, small enough that hundreds fit.
constexpr std::size_t kPiece = 256 * 1024;

}  // namespace

domain::File to_file(const Received& received, std::string file_name) {
  domain::File file;
  file.sha256 = received.sha256;
  file.size = static_cast<std::int64_t>(received.size);
  file.content_type = received.type;
  file.file_name = std::move(file_name);
  return file;
}

struct Receiver::Impl {
  explicit Impl(Workshop in) : workshop{in} {}

  // On a thread of the pool.
  void take() {
    if (!upload) upload = workshop.store.begin();
    digest.update(piece);
    sniffer.take(piece);
    upload->write(piece);
    piece.clear();
    if (certain_type.empty()) certain_type = sniffer.certain_type();
  }

  const Workshop workshop;
  std::string piece;
  std::uint64_t size = 0;
  Sha256 digest;
  media::Sniffer sniffer;
  std::string certain_type;
  std::string sha256;
  std::unique_ptr<blob::Upload> upload;
};

Receiver::Receiver(Workshop workshop) : impl_{std::make_unique<Impl>(workshop)} {}
Receiver::~Receiver() = default;

std::uint64_t Receiver::size() const {
  return impl_->size;
}

const std::string& Receiver::certain_type() const {
  return impl_->certain_type;
}

async::awaitable<void> Receiver::write(std::string_view bytes) {
  impl_->piece.append(bytes);
  impl_->size += bytes.size();
  if (impl_->piece.size() >= kPiece) co_await flush();
}

async::awaitable<void> Receiver::flush() {
  auto job = [impl = impl_.get()] { impl->take(); };
  co_await async::offload(impl_->workshop.threads, job);
}

async::awaitable<Received> Receiver::finish() {
  co_await flush();
  Received received;
  impl_->sha256 = to_hex(impl_->digest.finish());
  received.sha256 = impl_->sha256;
  received.size = impl_->size;
  auto job = [impl = impl_.get()] { return impl->sniffer.type(); };
  received.type = co_await async::offload(impl_->workshop.threads, job);
  co_return received;
}

async::awaitable<void> Receiver::keep() {
  auto job = [impl = impl_.get()] {
    {
      auto connection = impl->workshop.connections.take();
      pg::Session session{*connection};
      store::announce_blob(session, impl->sha256, static_cast<std::int64_t>(impl->size));
    }
    impl->upload->finish(store::blob_key(impl->sha256));
  };
  co_await async::offload(impl_->workshop.threads, job);
}

}  // namespace waybill::file::uploads
