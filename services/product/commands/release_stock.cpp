#include <unordered_map>

#include "services/product/commands/booking.hpp"
#include "services/product/commands/commands.hpp"
#include "services/product/domain/reservation.hpp"
#include "services/product/store/products.hpp"
#include "services/product/store/reservations.hpp"

namespace waybill::product::commands {
namespace {

using Command = outbox::Command<v1::ReleaseStock>;

// The first command of each order.
std::unordered_map<Id, const Command*> by_order(Batch<v1::ReleaseStock> batch) {
  std::unordered_map<Id, const Command*> commands;
  for (const Command& command : batch) {
    commands.try_emplace(Id::parse(command.body.order_id()).value_or(Id{}), &command);
  }
  return commands;
}

domain::Products lock_held(pg::Tx& tx,
                           const std::unordered_map<Id, std::vector<domain::Line>>& held) {
  std::vector<Id> ids;
  for (const auto& [order_id, lines] : held) {
    for (const domain::Line& line : lines) ids.push_back(line.product_id);
  }
  return store::lock_products(tx, std::move(ids));
}

}  // namespace

std::vector<outbox::Outcome> release_stock(pg::Tx& tx, Batch<v1::ReleaseStock> batch,
                                           outbox::Writer& out) {
  const auto commands = by_order(batch);
  std::vector<Id> orders;
  for (const auto& [order_id, command] : commands) orders.push_back(order_id);
  const auto held = store::find_reserved(tx, store::claim_releases(tx, orders, batch.front().now));
  domain::Products products = lock_held(tx, held);
  Booking booking{products};
  for (const auto& [order_id, lines] : held) {
    const Command& command = *commands.at(order_id);
    booking.add(domain::release(products, order_id, lines, command.now), command.cause);
  }
  booking.store(tx, out);
  return {batch.size(), outbox::Outcome::no_content()};
}

}  // namespace waybill::product::commands
