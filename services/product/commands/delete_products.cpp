#include "services/product/commands/commands.hpp"
#include "services/product/events/product_events.hpp"
#include "services/product/store/products.hpp"

namespace waybill::product::commands {
namespace {

using Command = outbox::Command<v1::DeleteProduct>;

Id product_of(const Command& command) {
  return Id::parse(command.body.product_id()).value_or(Id{});
}

Result<void> remove(domain::Products& products, const Command& command) {
  const auto found = products.find(product_of(command));
  domain::Product* product = found == products.end() ? nullptr : &found->second;
  std::optional<std::int64_t> expected;
  if (command.body.has_expected_version()) expected = command.body.expected_version();
  if (const auto allowed = domain::check_access(product, expected); !allowed) {
    return allowed.error();
  }
  ++product->version;
  product->updated_at = command.now;
  product->deleted = true;
  return {};
}

}  // namespace

std::vector<outbox::Outcome> delete_products(pg::Tx& tx, Batch<v1::DeleteProduct> batch,
                                             outbox::Writer& out) {
  std::vector<Id> ids;
  for (const Command& command : batch) ids.push_back(product_of(command));
  domain::Products products = store::lock_products(tx, std::move(ids));
  std::vector<domain::Product> deleted;
  std::vector<outbox::Outcome> outcomes;
  for (const Command& command : batch) {
    if (const auto removed = remove(products, command); !removed) {
      outcomes.push_back(outbox::Outcome::refused(removed.error()));
      continue;
    }
    deleted.push_back(products.at(product_of(command)));
    events::tell_deleted(out, deleted.back(), command.cause);
    outcomes.push_back(outbox::Outcome::no_content());
  }
  store::delete_products(tx, deleted);
  return outcomes;
}

}  // namespace waybill::product::commands
