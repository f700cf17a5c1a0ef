#include "services/bot/engine/sender.hpp"

#include <charconv>

#include "libs/async/async.hpp"
#include "libs/core/backoff.hpp"
#include "libs/drawing/drawing.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/web/pipe.hpp"
#include "services/bot/telegram/form.hpp"

namespace waybill::bot {
namespace {

using telegram::Reply;

// Fewer than Telegram's client has connections: no call waits in line for one.
constexpr async::Gate::Limits at_once{24, 10'000, seconds{5}};
constexpr std::chrono::hours longest_try{24};

void count(const Outgoing& outgoing, const char* outcome) {
  metrics::counter("bot_sent_total", "Messages to Telegram by what became of them.",
                   {{"method", outgoing.method}, {"outcome", outcome}})
      .add();
}

metrics::Counter& uncertain() {
  static metrics::Counter& counter =
      metrics::counter("bot_messages_uncertain_total",
                       "Messages of which it is not known whether a process that died sent them.");
  return counter;
}

metrics::Histogram& rests() {
  static metrics::Histogram& histogram =
      metrics::histogram("bot_retry_after_seconds", "How long Telegram told the bot to wait.", {},
                         {1, 2, 5, 10, 20, 30, 60, 120, 300});
  return histogram;
}

TraceContext trace_in(const messaging::Message& message) {
  TraceContext trace;
  trace.correlation_id = message.correlation_id;
  return trace;
}

bool is_edit(const Outgoing& outgoing) {
  return outgoing.method == "editMessageText";
}

// A menu that Telegram will not draw in its old place comes as a new message.
void send_anew(Outgoing& outgoing) {
  outgoing.method = "sendMessage";
  outgoing.parameters.erase("message_id");
}

// A wrong or new token (401, 404) is for somebody to mend; the message can wait.
bool may_succeed_later(const Reply& reply) {
  return reply.status == 0 || reply.status == 401 || reply.status == 404 || reply.status >= 500;
}

bool is_as_it_was(const Reply& reply) {
  return reply.description.find("message is not modified") != std::string::npos;
}

}  // namespace

std::int64_t Sender::chat_of(const messaging::Message& message) {
  const auto outgoing = read_outgoing(message.body);
  return outgoing ? outgoing->chat : 0;
}

bool Sender::is_urgent(const messaging::Message& message) {
  const auto outgoing = read_outgoing(message.body);
  return outgoing && bot::is_urgent(*outgoing);
}

Sender::Sender(boost::asio::io_context& io, Memory& memory, Peers& peers, telegram::Api& api)
    : io_{io}, gate_{io, at_once}, memory_{memory}, peers_{peers}, api_{api} {}

awaitable<Handled> Sender::handle(messaging::Message message) {
  auto outgoing = read_outgoing(message.body);
  if (!outgoing) co_return kHopeless;
  const TraceContext trace = trace_in(message);
  // Before the ledger's row, which says that a call is under way: whoever stands in line has none.
  const auto pass = co_await gate_.enter(std::chrono::steady_clock::now() + at_once.patience);
  if (!pass) co_return kAgain;
  const auto known = co_await claim(*outgoing, trace);
  if (known) co_return *known;
  co_return co_await send_claimed(std::move(*outgoing), trace, message.sent_at.value_or(now()));
}

awaitable<std::optional<Handled>> Sender::claim(const Outgoing& outgoing,
                                                const TraceContext& trace) {
  const auto claim = co_await memory_.claim(outgoing.id, outgoing.chat, bot::is_urgent(outgoing));
  if (!claim) co_return kAgain;
  using Kind = Memory::Claim::Kind;
  if (claim->kind == Kind::sent) co_return kDone;
  if (claim->kind == Kind::wait) co_return Handled{Handled::Kind::again, claim->wait};
  if (claim->kind == Kind::go) co_return std::nullopt;
  uncertain().add();
  {
    const log::Scope scope{trace};
    log::warn("bot.send-uncertain", {{"message", outgoing.id}, {"method", outgoing.method}});
  }
  if (!outgoing.is_notice) co_return std::nullopt;
  count(outgoing, "uncertain");
  co_return kDone;
}

awaitable<Handled> Sender::send_claimed(Outgoing outgoing, TraceContext trace, Instant queued) {
  Reply reply = co_await send(outgoing, trace);
  if (is_edit(outgoing) && reply.status == 400 && !is_as_it_was(reply)) {
    count(outgoing, "edit_refused");
    send_anew(outgoing);
    reply = co_await send(outgoing, trace);
  }
  {
    const log::Scope scope{trace};
    log::info("bot.sent", {{"method", outgoing.method}, {"status", reply.status}});
  }
  if (reply.status == 429) co_return co_await rest(outgoing, reply);
  if (may_succeed_later(reply)) {
    count(outgoing, reply.status == 0 ? "timeout" : "failed");
    co_return now() - queued < longest_try ? kAgain : kHopeless;
  }
  if (reply.ok() || is_as_it_was(reply)) {
    count(outgoing, "sent");
  } else {
    count(outgoing, reply.status == 403 ? "blocked" : "refused");
    const log::Scope scope{trace};
    log::warn("bot.send-refused", {{"method", outgoing.method},
                                   {"status", reply.status},
                                   {"description", reply.description}});
  }
  co_await mark_sent(outgoing.id);
  co_return kDone;
}

awaitable<Handled> Sender::rest(const Outgoing& outgoing, const Reply& reply) {
  count(outgoing, "retry_after");
  const auto wait = reply.retry_after.value_or(seconds{1});
  rests().observe(wait);
  // A call without a chat was refused for all of them.
  const std::int64_t chat = outgoing.parameters.contains("chat_id") ? outgoing.chat : 0;
  co_await memory_.rest(outgoing.id, chat, wait);
  co_return Handled{Handled::Kind::again, wait};
}

awaitable<void> Sender::mark_sent(std::string message) {
  Backoff backoff{milliseconds{50}, seconds{2}};
  while (!co_await memory_.mark_sent(message)) co_await async::pause(backoff.next());
}

awaitable<Reply> Sender::send(const Outgoing& outgoing, TraceContext trace) {
  Reply reply;
  try {
    if (outgoing.file_field.empty()) {
      auto answer = co_await api_.call(outgoing.method.c_str(), outgoing.parameters);
      reply = std::move(answer);
    } else {
      auto answer = co_await send_file(outgoing, trace);
      reply = std::move(answer);
    }
  } catch (const std::exception& error) {
    reply = Reply{};
    reply.description = error.what();
  }
  co_return reply;
}

awaitable<Reply> Sender::send_file(const Outgoing& outgoing, TraceContext trace) {
  telegram::FormFile file;
  file.field = outgoing.file_field;
  file.file_name = outgoing.file_name;
  if (!outgoing.svg.empty()) {
    telegram::TextBody picture{drawing::to_png(outgoing.svg)};
    file.source = &picture;
    const Reply reply = co_await api_.send_form(outgoing.method.c_str(), outgoing.parameters, file);
    co_return reply;
  }
  const Caller bytes_reader{std::nullopt, Role::staff};  // the link was made for the owner
  auto bytes = co_await peers_.open(outgoing.file_service, outgoing.file_path, bytes_reader, trace);
  Reply reply;
  if (!bytes || bytes->status >= 500 || !bytes->stream) co_return reply;
  reply.status = 410;
  reply.description = "the file is gone";
  if (bytes->status != 200) co_return reply;
  std::optional<std::uint64_t> size;
  const std::string_view text = bytes->headers.get("Content-Length");
  std::uint64_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ptr != text.data()) {
    size = number;
  }
  const auto pipe = std::make_shared<web::Pipe>(io_, size);
  const web::PipeEnd end{pipe};
  pipe->run(bytes->stream);
  file.source = pipe.get();
  co_return co_await api_.send_form(outgoing.method.c_str(), outgoing.parameters, file);
}

}  // namespace waybill::bot
