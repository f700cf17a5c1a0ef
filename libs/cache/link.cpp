#include "libs/cache/link.hpp"

#include <charconv>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <hiredis/async.h>

#include "libs/metrics/outgoing.hpp"

namespace waybill::cache {

namespace asio = boost::asio;

namespace {

// On its way until its callback.
struct Call {
  Link::Reply reply;
  metrics::OutgoingKind kind;
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
};

metrics::OutgoingKind kind_of(std::string_view command) {
  thread_local std::map<std::string, metrics::OutgoingKind, std::less<>> kinds;
  auto known = kinds.find(command);
  if (known == kinds.end()) {
    const std::string name{command};
    known = kinds.try_emplace(name, "redis", name).first;
  }
  return known->second;
}

}  // namespace

Address parse_address(const std::string& url) {
  constexpr std::string_view kScheme = "redis://";
  if (!url.starts_with(kScheme))
    throw std::runtime_error("redis.url must look like redis://host:port");
  std::string rest = url.substr(kScheme.size());
  Address address;
  if (const auto at = rest.rfind('@'); at != std::string::npos) {
    const auto colon = rest.find(':');
    if (colon > at)
      throw std::runtime_error("redis.url: the password stands behind a colon, :password@host");
    address.password = rest.substr(colon + 1, at - colon - 1);
    rest = rest.substr(at + 1);
  }
  rest = rest.substr(0, rest.find('/'));
  const auto colon = rest.find(':');
  address.host = rest.substr(0, colon);
  if (colon != std::string::npos) {
    const auto [end, error] =
        std::from_chars(rest.data() + colon + 1, rest.data() + rest.size(), address.port);
    if (error != std::errc{} || end != rest.data() + rest.size()) {
      throw std::runtime_error("redis.url has no number as its port");
    }
  }
  return address;
}

// hiredis asks for reads and writes through the static hooks. Handlers of Asio may come after the
// context was freed: `context` is null then, and they do nothing.
struct Link::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& on, std::function<void()> when_up, std::function<void()> when_down)
      : io{on}, descriptor{on}, up{std::move(when_up)}, down{std::move(when_down)} {}

  asio::io_context& io;
  asio::posix::stream_descriptor descriptor;
  std::function<void()> up;
  std::function<void()> down;
  redisAsyncContext* context = nullptr;
  bool connected = false;
  bool wants_read = false, reading = false;
  bool wants_write = false, writing = false;

  void open(const Address& address) {
    context = redisAsyncConnect(address.host.c_str(), address.port);
    if (!context || context->err) {
      if (context) redisAsyncFree(std::exchange(context, nullptr));
      asio::post(io, [self = shared_from_this()] { self->lost(); });
      return;
    }
    context->data = this;
    context->ev.data = this;
    context->ev.addRead = [](void* data) { static_cast<Impl*>(data)->want_read(); };
    context->ev.delRead = [](void* data) { static_cast<Impl*>(data)->wants_read = false; };
    context->ev.addWrite = [](void* data) { static_cast<Impl*>(data)->want_write(); };
    context->ev.delWrite = [](void* data) { static_cast<Impl*>(data)->wants_write = false; };
    context->ev.cleanup = [](void* data) { static_cast<Impl*>(data)->release(); };
    descriptor.assign(context->c.fd);
    redisAsyncSetConnectCallback(context, [](const redisAsyncContext* of, int status) {
      static_cast<Impl*>(of->data)->on_connect(status);
    });
    redisAsyncSetDisconnectCallback(
        context, [](const redisAsyncContext* of, int) { static_cast<Impl*>(of->data)->lost(); });
    if (!address.password.empty()) {
      redisAsyncCommand(context, nullptr, nullptr, "AUTH %b", address.password.data(),
                        address.password.size());
    }
  }

  void on_connect(int status) {
    if (status != REDIS_OK) return lost();  // hiredis frees the context after this callback
    connected = true;
    if (up) up();
  }

  void lost() {
    if (auto tell = std::exchange(down, nullptr)) asio::post(io, std::move(tell));
    up = nullptr;
  }

  // A reply from within send() would come upon a caller that is not ready for it.
  void refuse(Reply reply) {
    asio::post(io, [reply = std::move(reply)] { reply(nullptr); });
  }

  // hiredis closes the socket itself.
  void release() {
    if (descriptor.is_open()) descriptor.release();
    wants_read = wants_write = false;
    context = nullptr;
  }

  void want_read() {
    wants_read = true;
    if (reading) return;
    reading = true;
    descriptor.async_wait(asio::posix::descriptor_base::wait_read,
                          [self = shared_from_this()](const boost::system::error_code& error) {
                            self->reading = false;
                            if (error || !self->context || !self->wants_read) return;
                            redisAsyncHandleRead(self->context);
                            if (self->context && self->wants_read) self->want_read();
                          });
  }

  void want_write() {
    wants_write = true;
    if (writing) return;
    writing = true;
    const auto flush = [self = shared_from_this()](const boost::system::error_code& error) {
      self->writing = false;
      if (error || !self->context || !self->wants_write) return;
      redisAsyncHandleWrite(self->context);
    };
    if (connected && !full) {
      // First try without asking whether the socket is writable: it nearly always is.
      full = true;
      asio::post(io, [flush, self = shared_from_this()] {
        flush({});
        if (!self->wants_write) self->full = false;
      });
    } else {
      descriptor.async_wait(
          asio::posix::descriptor_base::wait_write,
          [flush, self = shared_from_this()](const boost::system::error_code& error) {
            flush(error);
            if (!self->wants_write) self->full = false;
          });
    }
  }

  bool full = false;  // the last write did not take everything: wait for room
};

Link::Link(asio::io_context& io, const Address& address, std::function<void()> up,
           std::function<void()> down)
    : impl_{std::make_shared<Impl>(io, std::move(up), std::move(down))} {
  impl_->open(address);
}

Link::~Link() {
  impl_->up = nullptr;
  impl_->down = nullptr;
  if (impl_->context) redisAsyncFree(impl_->context);
}

void Link::send(const std::vector<std::string_view>& arguments, Reply reply) {
  if (!impl_->context) return impl_->refuse(std::move(reply));
  std::vector<const char*> data;
  std::vector<std::size_t> sizes;
  data.reserve(arguments.size());
  sizes.reserve(arguments.size());
  for (const std::string_view argument : arguments) {
    data.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  auto owned = std::make_unique<Call>(Call{std::move(reply), kind_of(arguments.front())});
  const auto answer = [](redisAsyncContext*, void* raw, void* data_of_call) {
    const std::unique_ptr<Call> call{static_cast<Call*>(data_of_call)};
    const auto* answered = static_cast<const redisReply*>(raw);
    const bool is_ok = answered && answered->type != REDIS_REPLY_ERROR;
    call->kind.observe(std::chrono::steady_clock::now() - call->begun, is_ok);
    call->reply(answered);
  };
  if (redisAsyncCommandArgv(impl_->context, answer, owned.get(), static_cast<int>(data.size()),
                            data.data(), sizes.data()) == REDIS_OK) {
    owned.release();  // NOLINT: the callback takes it
  } else {
    impl_->refuse(std::move(owned->reply));
  }
}

}  // namespace waybill::cache
