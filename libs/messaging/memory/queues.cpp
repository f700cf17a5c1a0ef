#include "libs/messaging/memory/queues.hpp"

#include "libs/messaging/amqp_limits.hpp"
#include "libs/messaging/retry_ladder.hpp"

namespace waybill::messaging::memory {
namespace {

constexpr std::int64_t kDeliveryLimit = 20;  // as RabbitMQ's command queues are declared

}  // namespace

void Queues::declare(const QueueOptions& options) {
  std::lock_guard lock{mutex_};
  auto& queue = queues_[options.name];
  if (options.exclusive || !options.command_queue) return;
  queue.bound = true;
  queue.moves_to = dead_queue(options.name);
  queue.delivery_limit = kDeliveryLimit;
  queues_[dead_queue(options.name)];
  for (std::size_t step = 1; step <= options.retries.size(); ++step) {
    auto& retry = queues_[retry_queue(options.name, step)];
    retry.delay = options.retries[step - 1];
    retry.moves_to = options.name;
  }
}

void Queues::declare_notices(const NoticeQueue& options) {
  std::lock_guard lock{mutex_};
  auto& queue = queues_[options.name];
  queue.notice_key = options.key;
  queue.most = static_cast<std::size_t>(options.most);
}

void Queues::remove(const std::string& name) {
  std::lock_guard lock{mutex_};
  queues_.erase(name);
}

std::optional<std::size_t> Queues::ready(const std::string& name) {
  std::lock_guard lock{mutex_};
  move_due(Clock::now());
  const auto* queue = find(name);
  if (queue == nullptr) return std::nullopt;
  return queue->entries.size();
}

Publish Queues::publish(OutgoingMessage outgoing) {
  if (!fits_amqp(outgoing)) return Publish::failed;
  if (!outgoing.to.exchange.empty() && outgoing.to.exchange != kCommandExchange &&
      outgoing.to.exchange != kNoticeExchange) {
    return Publish::failed;
  }
  auto& sent_at = outgoing.message.sent_at;
  if (sent_at) sent_at = std::chrono::floor<std::chrono::seconds>(*sent_at);
  {
    std::lock_guard lock{mutex_};
    auto* queue = route(outgoing.to);
    if (queue == nullptr) return outgoing.mandatory ? Publish::unroutable : Publish::confirmed;
    append(*queue, {.message = std::move(outgoing.message)});
  }
  changed_.notify_all();
  return Publish::confirmed;
}

void Queues::give_back(const std::string& name, std::vector<Entry> entries) {
  {
    std::lock_guard lock{mutex_};
    auto* queue = find(name);
    if (queue == nullptr) return;
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      entry->redelivered = true;
      ++entry->delivery_count;
      auto* dead = find(queue->moves_to);
      if (queue->delivery_limit && entry->delivery_count > *queue->delivery_limit) {
        if (dead != nullptr) append(*dead, {.message = std::move(entry->message)});
      } else {
        queue->entries.push_front(std::move(*entry));
      }
    }
  }
  changed_.notify_all();
}

Queues::Queue* Queues::find(const std::string& name) {
  const auto found = queues_.find(name);
  return found == queues_.end() ? nullptr : &found->second;
}

Queues::Queue* Queues::route(const Destination& to) {
  if (to.exchange == kNoticeExchange) {
    for (auto& [name, queue] : queues_) {
      if (queue.notice_key == to.routing_key) return &queue;
    }
    return nullptr;
  }
  auto* queue = find(to.routing_key);
  if (queue == nullptr || to.exchange.empty() || queue->bound) return queue;
  return nullptr;
}

Clock::time_point Queues::move_due(Clock::time_point now) {
  auto next = Clock::time_point::max();
  for (auto& [name, queue] : queues_) {
    if (!queue.delay) continue;
    while (!queue.entries.empty() && queue.entries.front().due <= now) {
      if (auto* target = find(queue.moves_to)) {
        append(*target, {.message = std::move(queue.entries.front().message)});
      }
      queue.entries.pop_front();
    }
    if (!queue.entries.empty()) next = std::min(next, queue.entries.front().due);
  }
  return next;
}

std::vector<Entry> Queues::take_from(Queue& queue, std::size_t most) {
  std::vector<Entry> taken;
  while (taken.size() < most && !queue.entries.empty()) {
    taken.push_back(std::move(queue.entries.front()));
    queue.entries.pop_front();
  }
  return taken;
}

void Queues::append(Queue& queue, Entry entry) {
  if (queue.delay) entry.due = Clock::now() + *queue.delay;
  queue.entries.push_back(std::move(entry));
  if (queue.most && queue.entries.size() > *queue.most) queue.entries.pop_front();
}

}  // namespace waybill::messaging::memory
