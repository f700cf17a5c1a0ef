#include "services/file/direct/file_stream.hpp"

#include "libs/async/async.hpp"

namespace waybill::file::direct {
namespace {

constexpr std::size_t kPiece = 256 * 1024;

}  // namespace

web::awaitable<void> FileStream::run(web::StreamWriter& out) {
  auto read = [download = download_.get()] { return download->read(kPiece); };
  for (;;) {
    std::string piece = co_await async::offload(threads_, read);
    if (piece.empty()) co_return;
    const bool open = co_await out.write(std::move(piece));
    if (!open) co_return;
  }
}

}  // namespace waybill::file::direct
