#include "services/product/commands/booking.hpp"
#include "services/product/commands/commands.hpp"
#include "services/product/events/product_events.hpp"
#include "services/product/store/products.hpp"

namespace waybill::product::commands {
namespace {

using Command = outbox::Command<v1::MoveStock>;

Id product_of(const Command& command) {
  return Id::parse(command.body.product_id()).value_or(Id{});
}

Result<domain::Movement> decide(domain::Products& products, const Command& command) {
  const auto found = products.find(product_of(command));
  domain::Product* product = found == products.end() ? nullptr : &found->second;
  if (const auto allowed = domain::check_access(product, std::nullopt); !allowed) {
    return allowed.error();
  }
  const std::int64_t quantity = command.body.quantity();
  if (const auto fits = domain::check_move(*product, quantity); !fits) return fits.error();
  return domain::move(*product, {.movement_id = command.id(),
                                 .kind = domain::MovementKind::adjustment,
                                 .quantity = quantity,
                                 .order_id = std::nullopt,
                                 .reason = command.body.reason(),
                                 .at = command.now});
}

outbox::Outcome booked(const domain::Movement& movement) {
  return outbox::Outcome::created(
      events::representation(movement),
      "/v1/products/" + movement.product_id.to_string() + "/stock-movements");
}

}  // namespace

std::vector<outbox::Outcome> move_stock(pg::Tx& tx, Batch<v1::MoveStock> batch,
                                        outbox::Writer& out) {
  std::vector<Id> product_ids, movement_ids;
  for (const Command& command : batch) {
    product_ids.push_back(product_of(command));
    movement_ids.push_back(command.id());
  }
  domain::Products products = store::lock_products(tx, std::move(product_ids));
  const auto before = store::find_movements(tx, movement_ids);
  Booking booking{products};
  std::vector<outbox::Outcome> outcomes;
  for (const Command& command : batch) {
    if (const auto known = before.find(command.id()); known != before.end()) {
      outcomes.push_back(booked(known->second));
      continue;
    }
    const auto movement = decide(products, command);
    if (!movement) {
      outcomes.push_back(outbox::Outcome::refused(movement.error()));
      continue;
    }
    booking.add({*movement}, command.cause);
    outcomes.push_back(booked(*movement));
  }
  booking.store(tx, out);
  return outcomes;
}

}  // namespace waybill::product::commands
