#include <unordered_map>
#include <unordered_set>

#include "services/product/commands/booking.hpp"
#include "services/product/commands/commands.hpp"
#include "services/product/domain/faults.hpp"
#include "services/product/events/product_events.hpp"
#include "services/product/store/products.hpp"

namespace waybill::product::commands {
namespace {

using Command = outbox::Command<v1::UpdateProduct>;

Id product_of(const Command& command) {
  return Id::parse(command.body.product_id()).value_or(Id{});
}

// The members that were sent. What can't be null and was sent as null gets the default, or is a
// fault where there is none.
Result<domain::Patch> read_patch(const v1::UpdateProduct& body,
                                 const std::string& default_currency) {
  domain::Patch patch;
  for (const std::string& member : body.members()) {
    if (member == "sku") {
      patch.sku.emplace(body.has_sku() ? std::optional{body.sku()} : std::nullopt);
    } else if (member == "description") {
      patch.description.emplace(body.has_description() ? std::optional{body.description()}
                                                       : std::nullopt);
    } else if (member == "name") {
      if (!body.has_name()) return domain::invalid_member("/name", "must not be null");
      patch.name = body.name();
    } else if (member == "price") {
      patch.price = parse_money(body.price());
      if (patch.price.value_or(0) == 0) return domain::invalid_price();
    } else if (member == "stock_quantity") {
      if (!body.has_stock_quantity()) {
        return domain::invalid_member("/stock_quantity", "must not be null");
      }
      patch.stock_quantity = body.stock_quantity();
    } else if (member == "currency") {
      patch.currency = body.has_currency() ? body.currency() : default_currency;
    }
  }
  return patch;
}

// One batch at work: commands see what those before them did.
struct Shelf {
  domain::Products products;
  std::unordered_map<std::string, Id> owners;  // of the skus that the batch asks for
  std::vector<domain::Movement> ledger;
  std::unordered_set<Id> changed;
  std::vector<Id> renumbered;  // their sku changed
};

Result<void> take_sku(Shelf& shelf, const domain::Product& product,
                      const std::optional<std::string>& wanted) {
  if (wanted == product.sku) return {};
  if (wanted && !shelf.owners.try_emplace(*wanted, product.id).second) return domain::sku_taken();
  if (product.sku) shelf.owners.erase(*product.sku);
  shelf.renumbered.push_back(product.id);
  return {};
}

void apply(Shelf& shelf, domain::Product& product, const domain::Patch& patch,
           const Command& command, outbox::Writer& out) {
  const std::int64_t before = product.version;
  const std::int64_t difference = domain::stock_difference(product, patch);
  product = domain::patched(std::move(product), patch, command.now);
  if (product.version == before) return;
  std::vector<domain::Movement> movements;
  if (difference != 0) {
    movements.push_back(domain::move(product, {.movement_id = new_id(),
                                               .kind = domain::MovementKind::adjustment,
                                               .quantity = difference,
                                               .order_id = std::nullopt,
                                               .reason = std::nullopt,
                                               .at = command.now}));
    shelf.ledger.push_back(movements.back());
    if (product.stock_quantity == 0) note_sold_out(product);
  }
  shelf.changed.insert(product.id);
  events::tell_changed(out, product, movements, command.cause);
}

outbox::Outcome update(Shelf& shelf, const Command& command, const std::string& default_currency,
                       outbox::Writer& out) {
  const v1::UpdateProduct& body = command.body;
  const auto found = shelf.products.find(product_of(command));
  domain::Product* product = found == shelf.products.end() ? nullptr : &found->second;
  std::optional<std::int64_t> expected;
  if (body.has_expected_version()) expected = body.expected_version();
  if (const auto allowed = domain::check_access(product, expected); !allowed) {
    return outbox::Outcome::refused(allowed.error());
  }
  const auto patch = read_patch(body, default_currency);
  if (!patch) return outbox::Outcome::refused(patch.error());
  if (patch->sku) {
    const auto taken = take_sku(shelf, *product, *patch->sku);
    if (!taken) return outbox::Outcome::refused(taken.error());
  }
  apply(shelf, *product, *patch, command, out);
  return outbox::Outcome::ok(events::representation(*product), product->version);
}

Shelf load(pg::Tx& tx, Batch<v1::UpdateProduct> batch) {
  std::vector<Id> ids;
  std::vector<std::string> skus;
  for (const Command& command : batch) {
    ids.push_back(product_of(command));
    if (command.body.has_sku()) skus.push_back(command.body.sku());
  }
  Shelf shelf;
  shelf.owners = store::lock_skus(tx, skus);
  shelf.products = store::lock_products(tx, std::move(ids));
  return shelf;
}

void save(pg::Tx& tx, const Shelf& shelf) {
  std::vector<domain::Product> changed;
  for (const Id& id : shelf.changed) changed.push_back(shelf.products.at(id));
  store::clear_skus(tx, shelf.renumbered);
  store::update_products(tx, changed);
  store::insert_movements(tx, shelf.ledger);
}

}  // namespace

std::vector<outbox::Outcome> UpdateProducts::operator()(pg::Tx& tx, Batch<v1::UpdateProduct> batch,
                                                        outbox::Writer& out) const {
  Shelf shelf = load(tx, batch);
  std::vector<outbox::Outcome> outcomes;
  for (const Command& command : batch) {
    outcomes.push_back(update(shelf, command, default_currency, out));
  }
  save(tx, shelf);
  return outcomes;
}

}  // namespace waybill::product::commands
