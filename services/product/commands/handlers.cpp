#include "services/product/commands/commands.hpp"

namespace waybill::product::commands {

outbox::Handlers make_handlers(const std::string& default_currency) {
  outbox::Handlers handlers;
  handlers.on<v1::CreateProduct>(CreateProducts{default_currency});
  handlers.on<v1::UpdateProduct>(UpdateProducts{default_currency});
  handlers.on<v1::DeleteProduct>(delete_products);
  handlers.on<v1::MoveStock>(move_stock);
  handlers.on<v1::ReserveStock>(reserve_stock);
  handlers.on<v1::ReleaseStock>(release_stock);
  return handlers;
}

}  // namespace waybill::product::commands
