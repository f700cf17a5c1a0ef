// Handles what comes in of one chat after the other: an update of Telegram, a service's answer, or
// that an answer takes its time. What a step causes (messages, questions) is derived from what came
// in and its state, and published before the state moves on: whoever repeats it after a crash
// publishes the same under the same ids. The state moves, and what came in is done, in one step.
#pragma once

#include "libs/core/clock.hpp"
#include "libs/core/id.hpp"
#include "services/bot/engine/lane.hpp"
#include "services/bot/engine/outgoing.hpp"
#include "services/bot/engine/peers.hpp"
#include "services/bot/engine/queues.hpp"
#include "services/bot/state/memory.hpp"
#include "services/bot/telegram/api.hpp"

namespace waybill::bot {

// A question under way, as it is remembered.
struct Question {
  std::string id;
  std::int64_t chat = 0, user = 0;
  std::string name, queue, type;
  boost::json::object body;
  std::string caller;  // as header
  std::string correlation_id, traceparent;
  std::int64_t reminders = 0;  // how often somebody has looked for its answer
};
std::string to_text(const Question& question);
std::optional<Question> read_question(std::string_view text);

class Handler {
 public:
  Handler(boost::asio::io_context& io, Memory& memory, Exchange& exchange, Peers& peers,
          telegram::Api& api)
      : io_{io}, memory_{memory}, exchange_{exchange}, peers_{peers}, api_{api} {}

  // Again: something that it takes is away.
  awaitable<Handled> handle(messaging::Message message);
  // The chat by which a message of an intake queue is kept in order; answers have it in their
  // reply context.
  static std::int64_t chat_of(const messaging::Message& message);

 private:
  // What came in.
  struct Job {
    Job() = default;
    std::string key;  // names it for ever
    std::int64_t chat = 0, user = 0;
    domain::Input input;
    bool is_update = false;
    std::string press;        // the button press to answer
    std::string question_id;  // of an answer or a reminder
    TraceContext trace;
  };

  // All of these: false, something is away.
  awaitable<bool> handle_any(messaging::Message message);
  awaitable<bool> handle_update(messaging::Message message);
  awaitable<bool> handle_answers(messaging::Message message);
  awaitable<bool> handle_answer(std::string question_id, domain::Answer answer);
  awaitable<bool> handle_late(messaging::Message message);
  awaitable<bool> greet_group(domain::Update update, TraceContext trace);

  awaitable<bool> run(Job job);
  awaitable<bool> refuse_flood(const Job& job);
  // The account, or false when nobody can say; then that was said.
  awaitable<std::optional<bool>> find_account(const Job& job, domain::Context& context);
  awaitable<bool> send_all(const Job& job, const domain::Step& step, const domain::Context& context,
                           int& number);
  awaitable<bool> publish(Outgoing outgoing, const Job& job, int& number);
  awaitable<bool> ask(const Job& job, const domain::Ask& ask, const domain::Context& context,
                      domain::State& state, int& number);
  awaitable<bool> send_question(const Question& question);
  awaitable<domain::Answer> answer_now(domain::Call call, Caller caller, TraceContext trace);
  awaitable<domain::Answer> transfer(domain::Transfer transfer, Caller caller, TraceContext trace);

  boost::asio::io_context& io_;
  Memory& memory_;
  Exchange& exchange_;
  Peers& peers_;
  telegram::Api& api_;
};

}  // namespace waybill::bot
