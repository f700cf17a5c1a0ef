// What one side writes, the other reads: an answer's stream becomes a request's body, with a few
// pieces on the way at most.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "libs/web/http.hpp"

namespace waybill::web {

class Pipe final : public BodySource,
                   public StreamWriter,
                   public std::enable_shared_from_this<Pipe> {
 public:
  // `length`: of the whole, where it is known.
  Pipe(boost::asio::io_context& io, std::optional<std::uint64_t> length);

  // Runs the stream into the pipe, in a coroutine of its own; a stream that breaks breaks the body.
  void run(std::shared_ptr<BodyStream> stream);
  // The reader wants no more: the stream's next write() says so, and it ends.
  void close();

  awaitable<std::string> read() override;
  std::optional<std::uint64_t> length() const override { return length_; }
  awaitable<bool> write(std::string chunk) override;
  bool is_open() const override { return !closed_; }

 private:
  static awaitable<void> carry(std::shared_ptr<Pipe> self, std::shared_ptr<BodyStream> stream);
  awaitable<void> wait();
  void change() { changed_.cancel(); }

  boost::asio::io_context& io_;
  const std::optional<std::uint64_t> length_;
  boost::asio::steady_timer changed_;  // never runs out; cancelled when anything is new
  std::string piece_;
  bool ended_ = false;
  bool broken_ = false;
  bool closed_ = false;
};

// Closes a pipe when its reader is done with it, whichever way.
class PipeEnd {
 public:
  explicit PipeEnd(std::shared_ptr<Pipe> pipe) : pipe_{std::move(pipe)} {}
  ~PipeEnd() { pipe_->close(); }
  PipeEnd(const PipeEnd&) = delete;
  PipeEnd& operator=(const PipeEnd&) = delete;

 private:
  const std::shared_ptr<Pipe> pipe_;
};

// The whole of an answer's body, where it is streamed. Throws std::runtime_error for one that is
// longer than `most` bytes, and what the stream throws.
awaitable<std::string> collect(Response& response, std::size_t most);

}  // namespace waybill::web
