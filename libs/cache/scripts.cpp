#include "libs/cache/scripts.hpp"

#include <atomic>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <hiredis/hiredis.h>

#include "libs/cache/connection.hpp"
#include "libs/log/log.hpp"

namespace waybill::cache {

namespace asio = boost::asio;

namespace {

Value read_value(const redisReply& reply) {
  Value value;
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      value.kind = Value::Kind::integer;
      value.integer = reply.integer;
      break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      value.kind = Value::Kind::text;
      value.text.assign(reply.str, reply.len);
      break;
    case REDIS_REPLY_ARRAY:
      value.kind = Value::Kind::list;
      for (std::size_t i = 0; i < reply.elements; ++i) {
        value.items.push_back(read_value(*reply.element[i]));
      }
      break;
    default:
      break;
  }
  return value;
}

std::optional<Value> read_answer(const redisReply* reply) {
  if (!reply) return std::nullopt;
  if (reply->type != REDIS_REPLY_ERROR) return read_value(*reply);
  log::error("redis.script-failed", {{"reason", std::string_view{reply->str, reply->len}}});
  return std::nullopt;
}

}  // namespace

struct Scripts::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& on, Options with) : io{on}, options{std::move(with)} {}

  asio::io_context& io;
  const Options options;
  std::shared_ptr<Connection> connection;
  std::atomic<bool> closed{false};
  std::atomic<bool> is_up{false};

  void make_connection() {
    const auto self = shared_from_this();
    connection = std::make_shared<Connection>(
        io, options.url, [self] { self->is_up = true; }, [self] { self->is_up = false; });
  }

  void close() {
    if (closed.exchange(true)) return;
    is_up = false;
    connection->close();
  }

  void ask(std::string_view script, const std::vector<std::string>& keys,
           const std::vector<std::string>& arguments,
           std::function<void(std::optional<Value>)> answer) {
    const std::string count = std::to_string(keys.size());
    std::vector<std::string_view> words{"EVAL", script, count};
    words.insert(words.end(), keys.begin(), keys.end());
    words.insert(words.end(), arguments.begin(), arguments.end());
    connection->ask(
        words, options.answer_time,
        [answer = std::move(answer)](const redisReply* reply) { answer(read_answer(reply)); });
  }
};

Scripts::Scripts(asio::io_context& io, Options options)
    : impl_{std::make_shared<Impl>(io, std::move(options))} {
  impl_->make_connection();
  asio::post(io, [impl = impl_] { impl->connection->open(); });
}

Scripts::~Scripts() {
  if (!impl_->closed) asio::post(impl_->io, [impl = impl_] { impl->close(); });
}

void Scripts::close() {
  impl_->close();
}

bool Scripts::is_connected() const {
  return impl_->is_up;
}

asio::awaitable<std::optional<Value>> Scripts::run(std::string_view script,
                                                   std::vector<std::string> keys,
                                                   std::vector<std::string> arguments) {
  const auto initiate = [impl = impl_, script, keys = std::move(keys),
                         arguments = std::move(arguments)](auto handler) {
    const auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    impl->ask(script, keys, arguments,
              [shared](std::optional<Value> value) { std::move (*shared)(std::move(value)); });
  };
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable),
                                          void(std::optional<Value>)>(initiate,
                                                                      asio::use_awaitable);
}

}  // namespace waybill::cache
