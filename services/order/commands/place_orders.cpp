#include "services/order/commands/commands.hpp"
#include "services/order/commands/placing.hpp"
#include "services/order/store/parked.hpp"

namespace waybill::order::commands {
namespace {

using Command = outbox::Command<v1::PlaceOrder>;

}  // namespace

std::vector<outbox::Outcome> PlaceOrders::operator()(pg::Tx& tx, Batch<v1::PlaceOrder> batch,
                                                     outbox::Writer& out) const {
  std::vector<store::Parked> parked;
  const auto park = [&](const Command& command, const domain::Order& order) {
    if (address_wait.count() == 0) return refuse_address();
    parked.push_back({&command, order.delivery_address_id});
    return outbox::Outcome::deferred();
  };
  std::vector<outbox::Outcome> outcomes = place(tx, batch, out, park);
  if (!parked.empty()) store::park(tx, parked, batch.front().now + address_wait);
  return outcomes;
}

}  // namespace waybill::order::commands
