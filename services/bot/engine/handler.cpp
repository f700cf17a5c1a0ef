#include "services/bot/engine/handler.hpp"

#include "libs/async/async.hpp"
#include "libs/contract/json.hpp"
#include "libs/core/backoff.hpp"
#include "libs/core/digest.hpp"
#include "libs/core/strict_json.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/web/pipe.hpp"
#include "services/bot/domain/html.hpp"
#include "services/bot/domain/members.hpp"
#include "services/bot/telegram/form.hpp"
#include "waybill/common/v1/outcome.pb.h"

namespace waybill::bot {
namespace {

namespace json = boost::json;
using domain::integer_at;
using domain::text_at;

// Names of what inputs cause (RFC 9562, section 5.5); arbitrary, and must never change.
const Id kEffects = *Id::parse("51d9e5b2-6a0d-5c6e-9b0e-0f2d3c9f7a42");

constexpr milliseconds patience{10'000};  // for an answer, before "still working"
constexpr milliseconds reminder{30'000};  // … and between two looks after that
constexpr std::int64_t most_reminders = 6;
constexpr std::size_t mark_size = 8;
constexpr milliseconds account_patience{5'000};  // for who somebody is, before that is said
constexpr int most_turns = 8;                    // answers that one input may get at once

std::string effect_id(const std::string& key, int number) {
  return derive_id(kEffects, key + '#' + std::to_string(number)).to_string();
}

std::string mark_of(const std::string& key) {
  return sha256_hex(key).substr(0, mark_size);
}

const char* kind_of(domain::Update::Kind kind) {
  switch (kind) {
    case domain::Update::Kind::text:
      return "text";
    case domain::Update::Kind::file:
      return "file";
    case domain::Update::Kind::press:
      return "press";
    case domain::Update::Kind::other:
      break;
  }
  return "other";
}

void count_received(const char* action) {
  metrics::counter("consumer_messages_received_total", "Messages that came from queues.",
                   {{"service", "bot"}, {"action", action}})
      .add();
}

void count_update(const char* kind) {
  metrics::counter("bot_updates_total", "Updates that were handled.", {{"kind", kind}}).add();
}

metrics::Counter& duplicates() {
  static metrics::Counter& counter =
      metrics::counter("bot_duplicate_updates_total", "Updates that had taken effect before.");
  return counter;
}

metrics::Counter& floods() {
  static metrics::Counter& counter =
      metrics::counter("bot_flood_rejected_total", "Updates beyond bot.flood.");
  return counter;
}

TraceContext trace_of(const messaging::Message& message) {
  TraceContext trace;
  trace.correlation_id =
      message.correlation_id.empty() ? new_correlation_id() : message.correlation_id;
  const auto parent = message.headers.find("traceparent");
  if (parent != message.headers.end()) trace.traceparent = parent->second;
  return trace;
}

Caller caller_of(const domain::Context& context) {
  if (!context.account) return {};
  return {Id::parse(context.account->user_id), Role::customer};
}

domain::Answer answer_of(const common::v1::Outcome& outcome) {
  domain::Answer answer;
  answer.status = outcome.status();
  const auto body = parse_json(outcome.body());
  if (body) answer.body = *body;
  return answer;
}

// One or several outcomes, as the service sent them.
std::vector<common::v1::Outcome> outcomes_in(const messaging::Message& message) {
  std::vector<common::v1::Outcome> found;
  if (message.type == common::v1::Outcomes::descriptor()->full_name()) {
    common::v1::Outcomes together;
    if (together.ParseFromString(message.body)) {
      found.assign(together.outcomes().begin(), together.outcomes().end());
    }
  } else if (message.type == common::v1::Outcome::descriptor()->full_name()) {
    common::v1::Outcome one;
    if (one.ParseFromString(message.body)) found.push_back(std::move(one));
  }
  return found;
}

}  // namespace

std::string to_text(const Question& question) {
  return json::serialize(json::object{{"id", question.id},
                                      {"chat", question.chat},
                                      {"user", question.user},
                                      {"name", question.name},
                                      {"queue", question.queue},
                                      {"type", question.type},
                                      {"body", question.body},
                                      {"caller", question.caller},
                                      {"correlation_id", question.correlation_id},
                                      {"traceparent", question.traceparent},
                                      {"reminders", question.reminders}});
}

std::optional<Question> read_question(std::string_view text) {
  const auto value = parse_json(text);
  if (!value || text_at(*value, "id").empty()) return std::nullopt;
  Question question;
  question.id = text_at(*value, "id");
  question.chat = integer_at(*value, "chat");
  question.user = integer_at(*value, "user");
  question.name = text_at(*value, "name");
  question.queue = text_at(*value, "queue");
  question.type = text_at(*value, "type");
  question.body = domain::object_at(*value, "body");
  question.caller = text_at(*value, "caller");
  question.correlation_id = text_at(*value, "correlation_id");
  question.traceparent = text_at(*value, "traceparent");
  question.reminders = integer_at(*value, "reminders");
  return question;
}

std::int64_t Handler::chat_of(const messaging::Message& message) {
  const auto context = message.headers.find("reply_context");
  if (context != message.headers.end()) return std::atoll(context->second.c_str());
  if (message.type != kUpdateType) return 0;
  const auto value = parse_json(message.body);
  return value ? domain::chat_of(*value) : 0;
}

awaitable<Handled> Handler::handle(messaging::Message message) {
  const bool is_done = co_await handle_any(std::move(message));
  co_return is_done ? kDone : kAgain;
}

awaitable<bool> Handler::handle_any(messaging::Message message) {
  const bool is_update = message.type == kUpdateType, is_late = message.type == kLateType;
  count_received(is_update ? "update" : is_late ? "late" : "answer");
  if (is_update) co_return co_await handle_update(std::move(message));
  if (is_late) co_return co_await handle_late(std::move(message));
  co_return co_await handle_answers(std::move(message));
}

awaitable<bool> Handler::handle_update(messaging::Message message) {
  const auto value = parse_json(message.body);
  auto update = value ? domain::read_update(*value) : std::nullopt;
  if (!update) {
    count_update("ignored");
    co_return true;
  }
  const TraceContext trace = trace_of(message);
  if (!update->is_private) co_return co_await greet_group(std::move(*update), trace);
  Job job;
  job.key = "update " + std::to_string(update->id);
  job.chat = update->chat;
  job.user = update->user;
  job.press = update->press_id;
  job.is_update = true;
  job.trace = trace;
  {
    const log::Scope scope{trace};
    log::info("bot.update",
              {{"update_id", update->id}, {"kind", kind_of(update->kind)}, {"chat", update->chat}});
  }
  job.input = std::move(*update);
  co_return co_await run(std::move(job));
}

// Once per group, then silence.
awaitable<bool> Handler::greet_group(domain::Update update, TraceContext trace) {
  count_update("group");
  if (!memory_.is_connected()) co_return false;
  if (!co_await memory_.first_time("group:" + std::to_string(update.chat))) co_return true;
  Job job;
  job.key = "group " + std::to_string(update.chat);
  job.chat = update.chat;
  job.trace = trace;
  const auto language = domain::language_of(update.language_code);
  const domain::Action action =
      domain::Say{domain::say(domain::Text::private_only, language), {}, 0};
  auto outgoing = outgoing_of(action, job.chat, {}, {});
  int number = 0;
  co_return co_await publish(std::move(*outgoing), job, number);
}

awaitable<bool> Handler::handle_answers(messaging::Message message) {
  for (const common::v1::Outcome& outcome : outcomes_in(message)) {
    domain::Answer answer = answer_of(outcome);
    if (!co_await handle_answer(outcome.command_id(), std::move(answer))) co_return false;
  }
  co_return true;
}

awaitable<bool> Handler::handle_answer(std::string question_id, domain::Answer answer) {
  const auto text = co_await memory_.find_ask(question_id);
  if (!text) co_return false;
  const auto question = read_question(*text);
  if (!question) co_return true;  // it was answered before
  answer.name = question->name;
  Job job;
  job.key = "answer " + question->id;
  job.chat = question->chat;
  job.user = question->user;
  job.question_id = question->id;
  job.trace.correlation_id = question->correlation_id;
  job.trace.traceparent = question->traceparent;
  {
    const log::Scope scope{job.trace};
    log::info("bot.answer",
              {{"question", question->id}, {"name", question->name}, {"status", answer.status}});
  }
  job.input = std::move(answer);
  if (!co_await run(std::move(job))) co_return false;
  co_return co_await memory_.drop_ask(question->id);
}

awaitable<bool> Handler::handle_late(messaging::Message message) {
  const auto text = co_await memory_.find_ask(message.message_id);
  if (!text) co_return false;
  auto question = read_question(*text);
  if (!question) co_return true;
  ++question->reminders;
  if (question->reminders > most_reminders) {
    domain::Answer none;
    none.status = 503;
    co_return co_await handle_answer(question->id, std::move(none));
  }
  // It may be the answer that was lost: who has answered answers again.
  if (!co_await send_question(*question)) co_return false;
  if (!co_await memory_.put_ask(question->id, to_text(*question), reminder)) co_return false;
  if (question->reminders > 1) co_return true;
  Job job;
  job.key = "late " + question->id;
  job.chat = question->chat;
  job.user = question->user;
  job.question_id = question->id;
  job.trace.correlation_id = question->correlation_id;
  job.input = domain::Late{};
  co_return co_await run(std::move(job));
}

awaitable<bool> Handler::run(Job job) {
  const auto beginning = co_await memory_.begin(job.chat, job.user, job.key, job.is_update);
  if (!beginning) co_return false;
  using Verdict = Memory::Verdict;
  if (beginning->verdict == Verdict::done) {
    if (job.is_update) duplicates().add();
    co_return true;
  }
  if (beginning->verdict == Verdict::flood_first || beginning->verdict == Verdict::flood_silent) {
    floods().add();
    if (beginning->verdict == Verdict::flood_first && !co_await refuse_flood(job)) co_return false;
    const auto done = co_await memory_.finish(job.chat, job.user, job.key, {}, {});
    co_return done.has_value();
  }
  const auto stored = parse_json(beginning->state.empty() ? "{}" : beginning->state);
  domain::State state = domain::state_of(stored ? *stored : json::value{});
  domain::Context context;
  context.language = state.language;
  context.mark = mark_of(job.key);
  context.correlation_id = job.trace.correlation_id;
  int number = 0;
  if (const auto* update = std::get_if<domain::Update>(&job.input)) {
    context.language = domain::language_of(update->language_code);
    count_update(kind_of(update->kind));
  } else if (state.waiting_id != job.question_id) {
    co_return true;  // nobody waits for it any more
  }
  const auto known = co_await find_account(job, context);
  if (!known) co_return false;
  if (*known) {
    domain::Input input = job.input;
    for (int turn = 0; turn < most_turns; ++turn) {
      domain::Step step = domain::advance(std::move(state), input, context);
      state = step.state;
      if (!co_await send_all(job, step, context, number)) co_return false;
      if (!step.call) break;
      if (const auto* question = std::get_if<domain::Ask>(&*step.call)) {
        if (!co_await ask(job, *question, context, state, number)) co_return false;
        break;
      }
      domain::Answer answer = co_await answer_now(*step.call, caller_of(context), job.trace);
      input = std::move(answer);
    }
  }
  std::string after;
  if (*known) after = json::serialize(domain::to_json(state));
  const auto finish =
      co_await memory_.finish(job.chat, job.user, job.key, beginning->state, std::move(after));
  co_return finish.has_value() && *finish != Memory::Finish::conflict;
}

awaitable<bool> Handler::refuse_flood(const Job& job) {
  const auto& update = std::get<domain::Update>(job.input);
  const auto window = std::chrono::ceil<seconds>(memory_.options().flood_window).count();
  const auto language = domain::language_of(update.language_code);
  const domain::Action action =
      domain::Say{domain::say(domain::Text::flood, language, window), {}, 0};
  auto outgoing = outgoing_of(action, job.chat, {}, {});
  int number = 0;
  co_return co_await publish(std::move(*outgoing), job, number);
}

awaitable<std::optional<bool>> Handler::find_account(const Job& job, domain::Context& context) {
  // Who is restarted at this moment answers soon.
  const auto end = std::chrono::steady_clock::now() + account_patience;
  Backoff backoff{milliseconds{100}, seconds{1}};
  for (;;) {
    auto account = co_await peers_.account_of(job.user, job.trace);
    if (account) {
      context.account = std::move(*account);
      co_return true;
    }
    if (std::chrono::steady_clock::now() >= end) break;
    co_await async::pause(backoff.next());
  }
  if (!job.is_update) co_return std::nullopt;  // there is time: it is tried again
  const domain::Action action =
      domain::Say{domain::say(domain::Text::unavailable, context.language,
                              domain::escape_html(context.correlation_id)),
                  {},
                  0};
  domain::Step step;
  step.actions.push_back(domain::Toast{});
  step.actions.push_back(action);
  int number = 0;
  if (!co_await send_all(job, step, context, number)) co_return std::nullopt;
  co_return false;
}

awaitable<bool> Handler::send_all(const Job& job, const domain::Step& step,
                                  const domain::Context& context, int& number) {
  for (const domain::Action& action : step.actions) {
    auto outgoing = outgoing_of(action, job.chat, job.press, context.mark);
    if (!outgoing) continue;
    if (!co_await publish(std::move(*outgoing), job, number)) co_return false;
  }
  co_return true;
}

awaitable<bool> Handler::publish(Outgoing outgoing, const Job& job, int& number) {
  outgoing.id = effect_id(job.key, number++);
  std::string text = to_text(outgoing);
  auto message = own_message(sending_queue(part_of(outgoing.chat)), kSendType, outgoing.id,
                             job.trace, std::move(text));
  co_return co_await exchange_.publish(std::move(message), "send");
}

awaitable<bool> Handler::ask(const Job& job, const domain::Ask& wanted,
                             const domain::Context& context, domain::State& state, int& number) {
  Question question;
  question.id = effect_id(job.key, number++);
  question.chat = job.chat;
  question.user = job.user;
  question.name = wanted.name;
  question.queue = wanted.queue;
  question.type = wanted.type;
  question.body = wanted.body;
  question.caller = to_header(caller_of(context));
  question.correlation_id = job.trace.correlation_id;
  question.traceparent = child_traceparent(job.trace.traceparent);
  state.waiting_id = question.id;
  if (!co_await memory_.put_ask(question.id, to_text(question), patience)) co_return false;
  co_return co_await send_question(question);
}

awaitable<bool> Handler::send_question(const Question& question) {
  const auto body = contract::make_message(question.type);
  if (!body || !contract::from_json(question.body, *body)) {
    log::error("bot.question-failed", {{"type", question.type}});
    co_return true;  // our own bug: its answer will never come, and that is said
  }
  messaging::OutgoingMessage message;
  message.to = {std::string{messaging::kCommandExchange}, question.queue};
  message.message.type = question.type;
  message.message.message_id = question.id;
  message.message.correlation_id = question.correlation_id;
  message.message.reply_to = intake_queue(part_of(question.chat));
  message.message.headers.emplace("caller", question.caller);
  message.message.headers.emplace("traceparent", question.traceparent);
  message.message.headers.emplace("reply_context", std::to_string(question.chat));
  message.message.sent_at = now();
  message.message.body = body->SerializeAsString();
  co_return co_await exchange_.publish(std::move(message), "question");
}

awaitable<domain::Answer> Handler::answer_now(domain::Call call, Caller caller,
                                              TraceContext trace) {
  domain::Answer answer;
  if (auto* read = std::get_if<domain::Read>(&call)) {
    auto found = co_await peers_.read(std::move(*read), caller, trace);
    answer = std::move(found);
  } else if (auto* post = std::get_if<domain::Post>(&call)) {
    auto found = co_await peers_.post(std::move(*post), caller, trace);
    answer = std::move(found);
  } else {
    auto& wanted = std::get<domain::Transfer>(call);
    answer.name = wanted.name;
    answer.status = 503;
    try {
      auto found = co_await transfer(wanted, caller, trace);
      answer = std::move(found);
    } catch (const std::exception& error) {
      const log::Scope scope{trace};
      log::warn("bot.transfer-failed", {{"reason", error.what()}});
    }
  }
  co_return answer;
}

awaitable<domain::Answer> Handler::transfer(domain::Transfer wanted, Caller caller,
                                            TraceContext trace) {
  domain::Answer failed;
  failed.name = wanted.name;
  failed.status = 503;
  json::object file_id{{"file_id", wanted.file_id}};
  const auto found = co_await api_.call("getFile", std::move(file_id));
  if (found.status == 400) {  // too large, or Telegram has forgotten it
    failed.status = 413;
    failed.body = json::object{{"code", "too-large"}};
  }
  if (!found.ok()) co_return failed;
  auto bytes = co_await api_.download(text_at(found.result, "file_path"));
  if (!bytes || bytes->status != 200 || !bytes->stream) co_return failed;
  const auto size = integer_at(found.result, "file_size");
  const auto pipe = std::make_shared<web::Pipe>(
      io_, size > 0 ? std::optional{static_cast<std::uint64_t>(size)} : std::nullopt);
  const web::PipeEnd end{pipe};
  pipe->run(bytes->stream);
  const json::object no_fields;
  telegram::FormBody form{no_fields, "file", wanted.file_name, *pipe};
  web::BodySource& body = wanted.form ? static_cast<web::BodySource&>(form) : *pipe;
  const std::string type = wanted.form ? form.content_type() : "application/octet-stream";
  co_return co_await peers_.send(wanted.name, wanted.service, wanted.target, body, type, caller,
                                 trace);
}

}  // namespace waybill::bot
