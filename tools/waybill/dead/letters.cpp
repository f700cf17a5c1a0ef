#include "tools/waybill/dead/letters.hpp"

#include "libs/messaging/retry_ladder.hpp"
#include "libs/outbox/intake.hpp"

namespace waybill::tool::dead {
namespace {

constexpr std::size_t kPortion = 500;
constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::milliseconds kReturn{1'000};
constexpr std::chrono::milliseconds kLook{50};

std::string header(const messaging::Message& message, std::string_view name) {
  const auto found = message.headers.find(name);
  return found == message.headers.end() ? std::string{} : found->second;
}

// A letter that the broker itself put there has no reason of ours.
std::string cause_of(const messaging::Message& message) {
  const std::string reason = header(message, "reason");
  return reason.empty() ? "delivered too often: its worker may have died of it" : reason;
}

std::size_t count_waiting(messaging::RabbitBroker& rabbit, const std::string& queue,
                          EmptyQueue empty_queue) {
  const auto patience = empty_queue == EmptyQueue::believe ? std::chrono::milliseconds{0} : kReturn;
  const auto end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto waiting = rabbit.ready(queue);
    const bool late = std::chrono::steady_clock::now() >= end;
    if (!waiting || *waiting > 0 || late) return waiting.value_or(0);
    std::this_thread::sleep_for(kLook);
  }
}

messaging::QueueOptions plain_queue(const std::string& name, std::size_t most) {
  messaging::QueueOptions options;
  options.name = name;
  options.command_queue = false;
  options.prefetch = static_cast<std::uint16_t>(std::min<std::size_t>(most, 60'000));
  return options;
}

}  // namespace

Letter read_letter(messaging::Delivery delivery) {
  Letter letter;
  letter.tag = delivery.tag;
  // The body is nobody's business here, so any JSON will do.
  const auto decode = [](std::string&, std::string_view) { return Result<std::string>{""}; };
  letter.command_id = waybill::outbox::read_delivery(delivery, decode).id();
  letter.message = std::move(delivery.message);
  letter.type = letter.message.type;
  letter.cause = cause_of(letter.message);
  letter.attempts = messaging::attempts_of(letter.message);
  letter.first_failed_at = parse_rfc3339(header(letter.message, "first_failed_at"));
  letter.sent_at = letter.message.sent_at;
  return letter;
}

Letters::Letters(messaging::RabbitBroker& rabbit, const std::string& service, std::size_t most,
                 EmptyQueue empty_queue)
    : rabbit_{rabbit},
      queue_{messaging::dead_queue(service)},
      waiting_{count_waiting(rabbit, queue_, empty_queue)},
      left_{std::min(waiting_, most)} {
  // An empty queue may not exist, and looking should not make it.
  if (left_ > 0) consumer_ = rabbit.make_consumer(plain_queue(queue_, most));
}

std::optional<Letter> Letters::next() {
  if (left_ == 0) return std::nullopt;
  if (at_ == buffer_.size()) {
    buffer_ = consumer_->take(std::min(left_, kPortion), kPatience);
    at_ = 0;
    if (buffer_.empty() && !consumer_->is_connected()) {
      throw std::runtime_error{"RabbitMQ went away while the dead letters were read"};
    }
    if (buffer_.empty()) {  // somebody else has the rest
      left_ = 0;
      return std::nullopt;
    }
  }
  --left_;
  return read_letter(std::move(buffer_[at_++]));
}

void Letters::remove(std::span<const std::uint64_t> tags) {
  if (consumer_ && !tags.empty()) consumer_->ack(tags);
}

}  // namespace waybill::tool::dead
