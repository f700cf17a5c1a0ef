#include "tools/waybill/dead/redrive.hpp"

#include "libs/messaging/retry_ladder.hpp"
#include "libs/pg/pg.hpp"
#include "tools/waybill/dead/groups.hpp"
#include "tools/waybill/interrupt.hpp"
#include "tools/waybill/operator.hpp"

namespace waybill::tool::dead {
namespace {

constexpr std::size_t kPortion = 100;
constexpr std::chrono::milliseconds kTake{100};

constexpr pg::Statement insert_discarded{
    "insert_discarded",
    "INSERT INTO discarded_command (command_id, type, caller, correlation_id, cause, attempts, "
    "first_failed_at, reason, discarded_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
    "ON CONFLICT (command_id) DO NOTHING"};

messaging::OutgoingMessage to_service(const std::string& service, messaging::Message message) {
  return {.to = {std::string{messaging::kCommandExchange}, service}, .message = std::move(message)};
}

messaging::QueueOptions own_queue() {
  messaging::QueueOptions options;
  options.command_queue = false;
  options.exclusive = true;
  return options;
}

// A letter that was a dry run itself is nobody's command.
bool is_rehearsal(const Letter& letter) {
  return letter.message.headers.contains(messaging::kDryRunHeader);
}

class Retry {
 public:
  Retry(messaging::RabbitBroker& rabbit, const std::string& service, double per_second)
      : service_{service},
        publisher_{rabbit.make_publisher("waybill.dead")},
        pace_{per_second},
        portion_{std::clamp<std::size_t>(static_cast<std::size_t>(per_second / 10), 1, kPortion)} {}

  Outcome run(Letters& letters, const Choice& choice) {
    while (!interrupted()) {
      auto letter = letters.next();
      if (!letter) break;
      if (!choice.takes(*letter)) continue;
      if (is_rehearsal(*letter)) {
        letters.remove({&letter->tag, 1});
        continue;
      }
      tags_.push_back(letter->tag);
      messages_.push_back(to_service(service_, revived(std::move(letter->message))));
      if (messages_.size() == portion_ && !send(letters)) break;
    }
    if (!messages_.empty() && !interrupted()) send(letters);
    const auto waiting = static_cast<std::int64_t>(letters.waiting());
    outcome_.left = waiting - outcome_.done - outcome_.failed;
    return outcome_;
  }

 private:
  // False when it is time to stop.
  bool send(Letters& letters) {
    if (!pace_.wait(messages_.size())) return false;
    const auto results = publisher_->publish_all(std::move(messages_));
    std::vector<std::uint64_t> gone;
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i] == messaging::Publish::confirmed) gone.push_back(tags_[i]);
    }
    letters.remove(gone);
    outcome_.done += static_cast<std::int64_t>(gone.size());
    outcome_.failed += static_cast<std::int64_t>(results.size() - gone.size());
    messages_.clear();
    tags_.clear();
    return true;
  }

  const std::string service_;
  std::unique_ptr<messaging::Publisher> publisher_;
  Pace pace_;
  const std::size_t portion_;
  std::vector<messaging::OutgoingMessage> messages_;
  std::vector<std::uint64_t> tags_;
  Outcome outcome_;
};

// Sends copies with a reply queue of our own, and counts what comes back.
class Rehearse {
 public:
  Rehearse(messaging::RabbitBroker& rabbit, const std::string& service, double per_second)
      : service_{service},
        publisher_{rabbit.make_publisher("waybill.dead")},
        replies_{rabbit.make_consumer(own_queue())},
        pace_{per_second} {}

  Rehearsals run(Letters& letters, const Choice& choice, std::chrono::milliseconds patience) {
    while (const auto letter = letters.next()) {
      if (!choice.takes(*letter) || is_rehearsal(*letter)) continue;
      if (!pace_.wait()) break;
      send(*letter);
      // No more than a portion under way: the service has its own work.
      do {
        collect();
      } while (open_.size() >= kPortion && !is_late(patience) && !interrupted());
    }
    last_answer_ = Clock::now();
    while (!open_.empty() && !is_late(patience) && !interrupted()) collect();
    found_.unanswered = static_cast<std::int64_t>(open_.size());
    return std::move(found_);
  }

 private:
  using Clock = std::chrono::steady_clock;

  void send(const Letter& letter) {
    messaging::Message message = revived(letter.message);
    message.headers[std::string{messaging::kDryRunHeader}] = "1";
    message.reply_to = replies_->queue();
    // Letters may have no message id, or share one.
    message.correlation_id = new_id().to_string();
    open_[message.correlation_id] = letter.command_id.to_string();
    std::vector<messaging::OutgoingMessage> messages;
    messages.push_back(to_service(service_, std::move(message)));
    const auto results = publisher_->publish_all(std::move(messages));
    if (results.front() == messaging::Publish::unroutable) {
      throw std::runtime_error{"there is no queue " + service_};
    }
    if (results.front() != messaging::Publish::confirmed) {
      throw std::runtime_error{"RabbitMQ does not take messages"};
    }
  }

  void collect() {
    for (const auto& delivery : replies_->take(kPortion, kTake)) {
      const auto asked = open_.find(delivery.message.correlation_id);
      if (asked == open_.end()) continue;
      const auto would = delivery.message.headers.find("would");
      const std::string verdict =
          would == delivery.message.headers.end() ? "unknown" : would->second;
      ++found_.would[verdict];
      const auto reason = delivery.message.headers.find("reason");
      if (reason != delivery.message.headers.end() && !reason->second.empty()) {
        found_.reasons.try_emplace(reason->second, asked->second);
      }
      open_.erase(asked);
      last_answer_ = Clock::now();
    }
  }

  bool is_late(std::chrono::milliseconds patience) const {
    return Clock::now() - last_answer_ > patience;
  }

  const std::string service_;
  std::unique_ptr<messaging::Publisher> publisher_;
  std::unique_ptr<messaging::Consumer> replies_;
  Pace pace_;
  std::map<std::string, std::string> open_;  // correlation id → command id
  Clock::time_point last_answer_ = Clock::now();
  Rehearsals found_;
};

void write_down(pg::Connection& connection, const std::vector<Letter>& letters,
                const std::string& reason) {
  pg::Tx tx{connection};
  for (const Letter& letter : letters) {
    const auto caller = letter.message.headers.find("caller");
    tx.later(insert_discarded, letter.command_id, letter.type,
             caller == letter.message.headers.end() ? std::string{} : caller->second,
             letter.message.correlation_id, letter.cause, letter.attempts, letter.first_failed_at,
             reason, operator_name());
  }
  tx.commit();
}

}  // namespace

bool Choice::takes(const Letter& letter) const {
  if (all) return true;
  if (!group.empty() && group_of(letter) == group) return true;
  return ids.contains(letter.command_id.to_string()) ||
         (!letter.message.message_id.empty() && ids.contains(letter.message.message_id));
}

messaging::Message revived(messaging::Message message) {
  message.headers.insert_or_assign(std::string{messaging::kRedrivenHeader},
                                   std::to_string(messaging::dead_visits_of(message) + 1));
  // The ladder begins anew; first_failed_at stays what it is.
  message.headers.erase(std::string{messaging::kAttemptHeader});
  message.headers.erase("reason");
  message.headers.erase("service_version");
  // What the broker wrote: x-death, x-first-death-queue, …
  std::erase_if(message.headers, [](const auto& header) { return header.first.starts_with("x-"); });
  return message;
}

Outcome retry(messaging::RabbitBroker& rabbit, const std::string& service, const Choice& choice,
              double per_second) {
  Letters letters{rabbit, service};
  return Retry{rabbit, service, per_second}.run(letters, choice);
}

std::int64_t Rehearsals::passing() const {
  std::int64_t count = 0;
  for (const char* verdict : {"succeeded", "refused", "deferred", "duplicate"}) {
    const auto found = would.find(verdict);
    if (found != would.end()) count += found->second;
  }
  return count;
}

std::int64_t Rehearsals::failing() const {
  std::int64_t count = 0;
  for (const auto& [verdict, times] : would) count += times;
  return count - passing();
}

Rehearsals rehearse(messaging::RabbitBroker& rabbit, const std::string& service,
                    const Choice& choice, double per_second, std::chrono::milliseconds patience) {
  Letters letters{rabbit, service};
  if (letters.waiting() == 0) return {};
  return Rehearse{rabbit, service, per_second}.run(letters, choice, patience);
}

Outcome discard(messaging::RabbitBroker& rabbit, const std::string& service,
                const std::string& database_url, const Choice& choice, const std::string& reason) {
  pg::Options options;
  options.url = database_url;
  options.application_name = "waybill.tool";
  pg::Connection connection{std::move(options)};
  Letters letters{rabbit, service};
  Outcome outcome;
  std::vector<Letter> chosen;
  const auto give_up = [&] {
    if (chosen.empty()) return;
    write_down(connection, chosen, reason);
    std::vector<std::uint64_t> tags;
    for (const Letter& letter : chosen) tags.push_back(letter.tag);
    letters.remove(tags);
    outcome.done += static_cast<std::int64_t>(chosen.size());
    chosen.clear();
  };
  while (!interrupted()) {
    auto letter = letters.next();
    if (!letter) break;
    if (!choice.takes(*letter)) continue;
    chosen.push_back(std::move(*letter));
    if (chosen.size() == kPortion) give_up();
  }
  give_up();
  outcome.left = static_cast<std::int64_t>(letters.waiting()) - outcome.done;
  return outcome;
}

}  // namespace waybill::tool::dead
