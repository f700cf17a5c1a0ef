#include "services/product/commands/commands.hpp"
#include "services/product/domain/faults.hpp"
#include "services/product/events/product_events.hpp"
#include "services/product/store/products.hpp"

namespace waybill::product::commands {
namespace {

using Command = outbox::Command<v1::CreateProduct>;

Result<domain::Product> read_product(const Command& command, const std::string& default_currency) {
  const v1::CreateProduct& body = command.body;
  const auto price = parse_money(body.price());
  if (!price || *price == 0) return domain::invalid_price();
  domain::Product product{.id = command.id(),
                          .sku = std::nullopt,
                          .name = body.name(),
                          .description = std::nullopt,
                          .price = *price,
                          .currency = body.has_currency() ? body.currency() : default_currency,
                          .stock_quantity = body.stock_quantity(),
                          .version = 1,
                          .created_at = command.now,
                          .updated_at = std::nullopt,
                          .deleted = false};
  if (body.has_sku()) product.sku = body.sku();
  if (body.has_description()) product.description = body.description();
  return product;
}

std::vector<domain::Movement> first_movements(const domain::Product& product) {
  if (product.stock_quantity == 0) return {};
  return {{.id = new_id(),
           .product_id = product.id,
           .kind = domain::MovementKind::initial,
           .quantity = product.stock_quantity,
           .balance = product.stock_quantity,
           .order_id = std::nullopt,
           .reason = std::nullopt,
           .at = product.created_at}};
}

outbox::Outcome created(const domain::Product& product) {
  return outbox::Outcome::created(events::representation(product),
                                  "/v1/products/" + product.id.to_string(), product.version);
}

}  // namespace

std::vector<outbox::Outcome> CreateProducts::operator()(pg::Tx& tx, Batch<v1::CreateProduct> batch,
                                                        outbox::Writer& out) const {
  std::vector<Id> ids;
  std::vector<std::string> skus;
  for (const Command& command : batch) {
    ids.push_back(command.id());
    if (command.body.has_sku()) skus.push_back(command.body.sku());
  }
  auto taken = store::lock_skus(tx, skus);
  const domain::Products before = store::lock_products(tx, std::move(ids));
  std::vector<domain::Product> products;
  std::vector<domain::Movement> ledger;
  std::vector<outbox::Outcome> outcomes;
  for (const Command& command : batch) {
    if (const auto known = before.find(command.id()); known != before.end()) {
      outcomes.push_back(created(known->second));
      continue;
    }
    const auto product = read_product(command, default_currency);
    if (!product) {
      outcomes.push_back(outbox::Outcome::refused(product.error()));
      continue;
    }
    if (product->sku && !taken.try_emplace(*product->sku, product->id).second) {
      outcomes.push_back(outbox::Outcome::refused(domain::sku_taken()));
      continue;
    }
    const auto movements = first_movements(*product);
    events::tell_changed(out, *product, movements, command.cause);
    ledger.insert(ledger.end(), movements.begin(), movements.end());
    products.push_back(*product);
    outcomes.push_back(created(*product));
  }
  store::insert_products(tx, products);
  store::insert_movements(tx, ledger);
  return outcomes;
}

}  // namespace waybill::product::commands
