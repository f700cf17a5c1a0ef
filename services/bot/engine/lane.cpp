#include "services/bot/engine/lane.hpp"

#include <array>

#include <boost/asio/post.hpp>

#include "libs/async/async.hpp"
#include "libs/core/backoff.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/runtime/io_call.hpp"

namespace waybill::bot {
namespace {

constexpr std::size_t most_taken = 100;
constexpr int most_failures = 5;
constexpr std::chrono::milliseconds longest_take{200};

}  // namespace

Lane::Lane(boost::asio::io_context& io, std::unique_ptr<messaging::Consumer> consumer,
           const Work& work)
    : io_{io}, work_{work}, consumer_{std::move(consumer)}, stopping_{io} {}

void Lane::start() {
  taker_ = std::jthread{[this](const std::stop_token& stop) { take(stop); }};
}

void Lane::take(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    auto batch = consumer_->take(most_taken, longest_take);
    if (batch.empty()) continue;
    boost::asio::post(io_, [self = shared_from_this(), batch = std::move(batch)]() mutable {
      self->sort(std::move(batch));
    });
  }
}

void Lane::sort(std::vector<messaging::Delivery> batch) {
  if (stopping_.is_set()) return;
  for (messaging::Delivery& delivery : batch) {
    const std::int64_t chat = work_.chat_of(delivery.message);
    auto& line = chats_[chat];
    const bool is_new = line.empty();
    ++waiting_;
    // The first one is being handled.
    const bool jumps = !is_new && work_.is_urgent(delivery.message);
    line.insert(jumps ? line.begin() + 1 : line.end(), std::move(delivery));
    if (!is_new) continue;
    ++running_;
    idle_ = false;
    async::spawn(io_.get_executor(), run_chat(shared_from_this(), chat), "bot.chat");
  }
}

awaitable<Handled> Lane::try_once(std::shared_ptr<Lane> self, messaging::Message message,
                                  int& failures) {
  const char* reason = "exception";
  if (failures < most_failures) {
    try {
      const Handled handled = co_await self->work_.handle(message);
      if (handled.kind != Handled::Kind::hopeless) co_return handled;
      failures = most_failures;
      reason = "hopeless";
    } catch (const std::exception& error) {
      ++failures;
      log::error("bot.failed", {{"type", message.type},
                                {"message_id", message.message_id},
                                {"correlation_id", message.correlation_id},
                                {"reason", error.what()}});
      co_return kAgain;
    }
  }
  if (!co_await self->work_.bury(message)) co_return kAgain;
  metrics::counter("consumer_messages_failed_total", "Messages that could not be handled.",
                   {{"service", "bot"}, {"action", message.type}, {"reason", reason}})
      .add();
  co_return kDone;
}

awaitable<void> Lane::run_chat(std::shared_ptr<Lane> self, std::int64_t chat) {
  Backoff backoff{std::chrono::milliseconds{50}, std::chrono::seconds{2}};
  int failures = 0;                 // of the present message
  auto& line = self->chats_[chat];  // nodes stay where they are
  while (!line.empty() && !self->stopping_.is_set()) {
    const messaging::Message message = line.front().message;
    const std::uint64_t tag = line.front().tag;
    const Handled handled = co_await try_once(self, message, failures);
    if (self->closed_) break;
    if (handled.kind == Handled::Kind::again) {
      const auto wait = handled.wait.count() > 0 ? handled.wait : backoff.next();
      co_await self->stopping_.wait_for(wait);
      continue;
    }
    backoff.reset();
    failures = 0;
    self->consumer_->ack(std::array{tag});
    line.pop_front();
    --self->waiting_;
  }
  self->chats_.erase(chat);
  if (--self->running_ == 0) self->idle_ = true;
}

void Lane::stop_taking() {
  taker_.request_stop();
  if (taker_.joinable()) taker_.join();
  runtime::call_on(io_, [this] { stopping_.set(); });
}

void Lane::finish(std::chrono::steady_clock::time_point until) {
  while (!idle_ && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  runtime::call_on(io_, [this] { closed_ = true; });
  consumer_.reset();
}

}  // namespace waybill::bot
