// Sends the messages of one chat after the other, with the effects ledger: `sending` before the
// call, `sent` after it. Whoever finds `sent` is silent. One that another process left behind as
// `sending` is uncertain: an answer to the user's own step is sent again, a notice never.
#pragma once

#include "libs/async/gate.hpp"
#include "services/bot/engine/lane.hpp"
#include "services/bot/engine/outgoing.hpp"
#include "services/bot/engine/peers.hpp"
#include "services/bot/state/memory.hpp"
#include "services/bot/telegram/api.hpp"

namespace waybill::bot {

class Sender {
 public:
  Sender(boost::asio::io_context& io, Memory& memory, Peers& peers, telegram::Api& api);

  // Again: the chat or everybody has to wait, Telegram fails, or Redis is away. Hopeless: it has
  // failed for a day.
  awaitable<Handled> handle(messaging::Message message);
  static std::int64_t chat_of(const messaging::Message& message);
  static bool is_urgent(const messaging::Message& message);

 private:
  // nullopt: it may be sent.
  awaitable<std::optional<Handled>> claim(const Outgoing& outgoing, const TraceContext& trace);
  awaitable<Handled> send_claimed(Outgoing outgoing, TraceContext trace, Instant queued);
  awaitable<telegram::Reply> send(const Outgoing& outgoing, TraceContext trace);
  awaitable<telegram::Reply> send_file(const Outgoing& outgoing, TraceContext trace);
  // It was refused and can't be there: nothing goes to the chat for so long.
  awaitable<Handled> rest(const Outgoing& outgoing, const telegram::Reply& reply);
  // Until Redis has it: with another try it would come twice.
  awaitable<void> mark_sent(std::string message);

  boost::asio::io_context& io_;
  async::Gate gate_;
  Memory& memory_;
  Peers& peers_;
  telegram::Api& api_;
};

}  // namespace waybill::bot
