#include "services/product/domain/product.hpp"

#include <utility>

namespace waybill::product::domain {

std::string_view to_string(MovementKind kind) {
  switch (kind) {
    case MovementKind::initial:
      return "initial";
    case MovementKind::adjustment:
      return "adjustment";
    case MovementKind::reservation:
      return "reservation";
    case MovementKind::release:
      return "release";
  }
  return "adjustment";
}

Movement move(Product& product, Move how) {
  product.stock_quantity += how.quantity;
  product.updated_at = how.at;
  return {how.movement_id,
          product.id,
          how.kind,
          how.quantity,
          product.stock_quantity,
          how.order_id,
          std::move(how.reason),
          how.at};
}

Product patched(Product product, const Patch& patch, Instant at) {
  const Product before = product;
  if (patch.sku) product.sku = *patch.sku;
  if (patch.name) product.name = *patch.name;
  if (patch.description) product.description = *patch.description;
  if (patch.price) product.price = *patch.price;
  if (patch.currency) product.currency = *patch.currency;
  if (product == before && stock_difference(product, patch) == 0) return product;
  ++product.version;
  product.updated_at = at;
  return product;
}

std::int64_t stock_difference(const Product& product, const Patch& patch) {
  return patch.stock_quantity ? *patch.stock_quantity - product.stock_quantity : 0;
}

Result<void> check_move(const Product& product, std::int64_t quantity) {
  if (quantity < -product.stock_quantity) {
    return conflict("negative-stock", "There are fewer units than are to be taken away.",
                    {{"stock_quantity", product.stock_quantity}});
  }
  if (quantity > 0 && quantity > most_stock - product.stock_quantity) {
    return conflict("limit-reached", "A product holds at most 1000000000 units.",
                    {{"stock_quantity", product.stock_quantity}});
  }
  return {};
}

Result<void> check_access(const Product* product, std::optional<std::int64_t> expected_version) {
  if (!product || product->deleted) return not_found("There is no such product.");
  if (expected_version && *expected_version != product->version) return stale();
  return {};
}

}  // namespace waybill::product::domain
