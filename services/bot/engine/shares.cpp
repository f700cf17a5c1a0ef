#include "services/bot/engine/shares.hpp"

#include <boost/asio/use_future.hpp>

#include "libs/async/async.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/runtime/io_call.hpp"

namespace waybill::bot {
namespace {

constexpr milliseconds look_again{1'000};
constexpr milliseconds look_soon{100};
constexpr milliseconds life{10'000};  // of a process, and of a lease that nobody renews
constexpr milliseconds part_patience{5'000};

std::string lease_of(std::size_t part) {
  return "part:" + std::to_string(part);
}

metrics::Gauge& queued() {
  static metrics::Gauge& gauge =
      metrics::gauge("bot_send_queue", "Messages that wait in this process to be sent.");
  return gauge;
}

// The coroutines of a lane's handlers are members: a closure that is one would be destroyed twice.
template <class Worker>
Lane::Work work_of(Worker& worker) {
  Lane::Work work;
  work.chat_of = &Worker::chat_of;
  work.is_urgent = [](const messaging::Message&) { return false; };
  work.handle = [&worker](const messaging::Message& message) { return worker.handle(message); };
  return work;
}

}  // namespace

Shares::Shares(boost::asio::io_context& io, messaging::RabbitBroker& rabbit, Memory& memory,
               Exchange& exchange, Handler& handler, Sender& sender)
    : io_{io},
      rabbit_{rabbit},
      memory_{memory},
      exchange_{exchange},
      intake_work_{work_of(handler)},
      sending_work_{work_of(sender)},
      stopping_{io} {
  sending_work_.is_urgent = &Sender::is_urgent;
  const auto bury = [this](const messaging::Message& message) { return bury_message(message); };
  intake_work_.bury = bury;
  sending_work_.bury = bury;
}

template <class T>
T Shares::wait_for(awaitable<T> work) {
  return boost::asio::co_spawn(io_, std::move(work), boost::asio::use_future).get();
}

void Shares::start() {
  beating_ = boost::asio::co_spawn(io_, beat(), boost::asio::use_future);
  keeper_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void Shares::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    try {
      keep();
      wait_for(remind());
    } catch (const std::exception& error) {
      log::warn("bot.shares-failed", {{"reason", error.what()}});
    }
    async::pause(stop, alive_ == 0 ? look_soon : look_again);
  }
}

awaitable<void> Shares::beat() {
  while (!stopping_.is_set()) {
    alive_ = co_await memory_.beat(life);
    co_await stopping_.wait_for(look_again);
  }
}

// All of them: an update may come before anybody has its part.
void Shares::declare_queues() {
  for (std::size_t part = 0; part < kParts; ++part) {
    rabbit_.declare(queue_options(intake_queue(part)));
    rabbit_.declare(queue_options(sending_queue(part)));
  }
  rabbit_.declare(queue_options(kDeadQueue));
  declared_ = true;
}

void Shares::keep() {
  if (!declared_) declare_queues();
  const std::int64_t alive = alive_;
  if (alive == 0) return;  // Redis is away: what is ours stays ours
  const std::size_t fair =
      (kParts + static_cast<std::size_t>(alive) - 1) / static_cast<std::size_t>(alive);
  std::size_t held = 0;
  for (std::size_t part = 0; part < kParts; ++part) {
    if (!parts_[part].intake) continue;
    const bool ours = wait_for(memory_.lease(lease_of(part), life)) || !memory_.is_connected();
    if (ours && held < fair) {
      ++held;
    } else {
      give_back({part}, part_patience);
    }
  }
  for (std::size_t part = 0; part < kParts && held < fair; ++part) {
    if (!parts_[part].intake && take(part)) ++held;
  }
  held_ = held;
  double waiting = 0;
  for (const Part& part : parts_) {
    if (part.sending) waiting += static_cast<double>(part.sending->waiting());
  }
  queued().set(waiting);
}

bool Shares::take(std::size_t part) {
  if (!wait_for(memory_.lease(lease_of(part), life))) return false;
  const auto open = [&](const std::string& queue, const Lane::Work& work) {
    auto lane = std::make_shared<Lane>(io_, rabbit_.make_consumer(queue_options(queue)), work);
    lane->start();
    return lane;
  };
  parts_[part].sending = open(sending_queue(part), sending_work_);
  parts_[part].intake = open(intake_queue(part), intake_work_);
  log::info("bot.part-taken", {{"part", part}});
  return true;
}

void Shares::give_back(const std::vector<std::size_t>& parts, std::chrono::milliseconds patience) {
  for (const std::size_t part : parts) {
    parts_[part].intake->stop_taking();
    parts_[part].sending->stop_taking();
  }
  const auto until = std::chrono::steady_clock::now() + patience;
  for (const std::size_t part : parts) {
    parts_[part].intake->finish(until);
    parts_[part].sending->finish(until);
    parts_[part] = {};
    wait_for(memory_.release(lease_of(part)));
    log::info("bot.part-given-back", {{"part", part}});
  }
}

awaitable<bool> Shares::bury_message(messaging::Message message) {
  messaging::OutgoingMessage grave;
  grave.to = {"", kDeadQueue};
  grave.message = std::move(message);
  co_return co_await exchange_.publish(std::move(grave), "dead");
}

// Whose answer takes its time, his chat is told so, in its order.
awaitable<void> Shares::remind() {
  const auto due = co_await memory_.due_asks();
  for (const std::string& id : due) {
    const auto text = co_await memory_.find_ask(id);
    if (!text) co_return;
    const auto question = read_question(*text);
    if (!question) {
      co_await memory_.drop_ask(id);
      continue;
    }
    TraceContext trace;
    trace.correlation_id = question->correlation_id;
    auto message = own_message(intake_queue(part_of(question->chat)), kLateType, id, trace, "{}");
    message.message.headers.emplace("reply_context", std::to_string(question->chat));
    co_await exchange_.publish(std::move(message), "late");
  }
}

bool Shares::stop(std::chrono::milliseconds patience) {
  keeper_.request_stop();
  if (keeper_.joinable()) keeper_.join();
  std::vector<std::size_t> held;
  for (std::size_t part = 0; part < kParts; ++part) {
    if (parts_[part].intake) held.push_back(part);
  }
  give_back(held, patience);
  runtime::call_on(io_, [this] { stopping_.set(); });
  if (beating_.valid()) beating_.get();
  const bool was_connected = memory_.is_connected();
  return wait_for(memory_.beat(milliseconds{0})) == 0 && was_connected;
}

}  // namespace waybill::bot
