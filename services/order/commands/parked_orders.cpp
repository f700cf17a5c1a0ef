#include "services/order/commands/parked_orders.hpp"

#include "libs/log/log.hpp"
#include "services/order/commands/placing.hpp"
#include "services/order/store/parked.hpp"

namespace waybill::order::commands {
namespace {

using Command = outbox::Command<v1::PlaceOrder>;

constexpr seconds kAskAgain{1};

}  // namespace

Verdicts ask_for_overdue(pg::Connection& connection, Instant now, std::size_t most,
                         const FindAddress& find_address) {
  Verdicts verdicts;
  pg::Session session{connection};
  const std::vector<Command> overdue = store::find_overdue(session, now, most);
  for (std::size_t i = 0; i < overdue.size(); ++i) {
    const auto user = customer_of(overdue[i]);
    const auto address = Id::parse(overdue[i].body.delivery_address_id());
    if (user && address) {
      const auto found = find_address(*user, *address);
      if (!found) {
        log::warn("order.address_unknown_yet",
                  {{"orders", overdue.size() - i}, {"reason", found.error().detail}});
        store::postpone(session, std::span{overdue}.subspan(i), now + kAskAgain);
        break;
      }
      if (*found) verdicts.addresses[*address] = {*address, *user, **found};
    }
    verdicts.decided.push_back(overdue[i].id());
  }
  return verdicts;
}

std::size_t place_parked(pg::Tx& tx, outbox::Writer& out, Instant now, std::size_t most,
                         const Verdicts& verdicts) {
  const std::vector<Command> batch = store::take_parked(tx, verdicts.decided, now, most);
  if (batch.empty()) return 0;
  const auto refuse = [](const Command&, const domain::Order&) { return refuse_address(); };
  const std::vector<outbox::Outcome> outcomes = place(tx, batch, out, refuse, verdicts.addresses);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (outcomes[i].kind != outbox::Outcome::Kind::done) continue;
    out.complete(batch[i].id(), outcomes[i], batch[i].cause);
  }
  return batch.size();
}

}  // namespace waybill::order::commands
