#include "libs/web/pipe.hpp"

#include <boost/asio/redirect_error.hpp>

#include "libs/async/async.hpp"
#include "libs/log/log.hpp"

namespace waybill::web {
namespace {

class Collector final : public StreamWriter {
 public:
  explicit Collector(std::size_t most) : most_{most} {}
  awaitable<bool> write(std::string chunk) override {
    if (body.size() + chunk.size() > most_) throw std::runtime_error("the answer is too long");
    body += chunk;
    co_return true;
  }
  bool is_open() const override { return true; }

  std::string body;

 private:
  const std::size_t most_;
};

}  // namespace

Pipe::Pipe(boost::asio::io_context& io, std::optional<std::uint64_t> length)
    : io_{io}, length_{length}, changed_{io, boost::asio::steady_timer::time_point::max()} {}

void Pipe::run(std::shared_ptr<BodyStream> stream) {
  async::spawn(io_.get_executor(), carry(shared_from_this(), std::move(stream)), "web.pipe");
}

void Pipe::close() {
  closed_ = true;
  change();
}

awaitable<void> Pipe::carry(std::shared_ptr<Pipe> self, std::shared_ptr<BodyStream> stream) {
  try {
    co_await stream->run(*self);
  } catch (const std::exception& error) {
    log::warn("http.pipe-broken", {{"reason", error.what()}});
    self->broken_ = true;
  }
  self->ended_ = true;
  self->change();
}

awaitable<void> Pipe::wait() {
  boost::system::error_code cancelled;
  co_await changed_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
}

awaitable<std::string> Pipe::read() {
  while (piece_.empty() && !ended_) co_await wait();
  if (piece_.empty() && broken_) throw BodyBroken{0, "pipe", "the source of the body broke off"};
  std::string piece = std::exchange(piece_, {});
  change();
  co_return piece;
}

awaitable<bool> Pipe::write(std::string chunk) {
  if (chunk.empty()) co_return !closed_;
  while (!piece_.empty() && !closed_) co_await wait();
  if (closed_) co_return false;
  piece_ = std::move(chunk);
  change();
  co_return true;
}

awaitable<std::string> collect(Response& response, std::size_t most) {
  if (!response.stream) co_return response.body;
  Collector collector{most};
  co_await response.stream->run(collector);
  co_return std::move(collector.body);
}

}  // namespace waybill::web
