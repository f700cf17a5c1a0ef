#include "services/product/wiring.hpp"

#include "services/product/commands/commands.hpp"
#include "services/product/queries/queries.hpp"

namespace waybill::product {

void ProductService::Settings::declare(config::Settings& settings) {
  settings.add("shop.currency", currency, "currency of products that name none (ISO 4217)");
}

ProductService::ProductService(runtime::Runtime& runtime, const Settings& settings)
    : handlers_{commands::make_handlers(settings.currency)},
      queries_{queries::make_queries()},
      backend_{runtime, handlers_, queries_} {}

void ProductService::start() {
  backend_.start();
}

void ProductService::stop() {
  backend_.stop();
}

}  // namespace waybill::product
