#include "services/bot/engine/queues.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/core/id.hpp"
#include "libs/metrics/metrics.hpp"
#include "services/bot/domain/update.hpp"

namespace waybill::bot {

namespace asio = boost::asio;

namespace {

// Names of messages that carry updates (RFC 9562, section 5.5); arbitrary, and must never change.
const Id kUpdates = *Id::parse("c2ad5c2e-21f8-5b0f-8a6c-1f4f8d0f6a11");

}  // namespace

std::size_t part_of(std::int64_t chat) {
  return static_cast<std::size_t>(static_cast<std::uint64_t>(chat) % kParts);
}

std::string intake_queue(std::size_t part) {
  return "bot." + std::to_string(part);
}

std::string sending_queue(std::size_t part) {
  return "bot.send." + std::to_string(part);
}

messaging::QueueOptions queue_options(const std::string& name) {
  messaging::QueueOptions options;
  options.name = name;
  options.command_queue = false;
  options.single_active = name != kDeadQueue;
  options.prefetch = 1'000;
  return options;
}

Exchange::Exchange(asio::io_context& io, messaging::RabbitBroker& rabbit)
    : io_{io}, publisher_{rabbit.make_publisher("bot")} {}

awaitable<bool> Exchange::publish(messaging::OutgoingMessage message, const char* action) {
  auto initiate = [this, message = std::move(message)](auto handler) mutable {
    const auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    publisher_->publish(std::move(message), [&io = io_, shared](messaging::Publish outcome) {
      asio::post(io, [shared, outcome] { std::move (*shared)(outcome); });
    });
  };
  const messaging::Publish outcome =
      co_await asio::async_initiate<decltype(asio::use_awaitable), void(messaging::Publish)>(
          std::move(initiate), asio::use_awaitable);
  if (outcome != messaging::Publish::confirmed) co_return false;
  metrics::counter("bot_messages_published_total", "Messages that the bot put into queues.",
                   {{"action", action}})
      .add();
  co_return true;
}

messaging::OutgoingMessage own_message(std::string queue, const char* type, std::string id,
                                       const TraceContext& trace, std::string body) {
  messaging::OutgoingMessage message;
  message.to = {"", std::move(queue)};
  message.message.type = type;
  message.message.message_id = std::move(id);
  message.message.correlation_id = trace.correlation_id;
  message.message.content_type = messaging::kJson;
  message.message.sent_at = now();
  message.message.headers.emplace("traceparent", trace.traceparent);
  message.message.body = std::move(body);
  return message;
}

messaging::OutgoingMessage update_message(const boost::json::value& update,
                                          const TraceContext& trace) {
  const std::int64_t id = domain::update_id(update).value_or(0);
  return own_message(intake_queue(part_of(domain::chat_of(update))), kUpdateType,
                     derive_id(kUpdates, std::to_string(id)).to_string(), trace,
                     boost::json::serialize(update));
}

}  // namespace waybill::bot
