#include "libs/projection/rows.hpp"
#include "services/report/projections/projections.hpp"
#include "services/report/store/known.hpp"
#include "waybill/product/v1/events.pb.h"

namespace waybill::report::projections {
namespace {

namespace v1 = waybill::product::v1;

store::KnownProduct read_changed(const v1::ProductChanged& message, const messaging::Event& event) {
  const v1::Product& product = message.product();
  store::KnownProduct row;
  row.id = projection::read_id(product.id(), event);
  row.version = product.version();
  if (product.has_sku()) row.sku = product.sku();
  row.name = product.name();
  row.price = projection::read_amount(product.price(), event);
  row.currency = product.currency();
  row.stock = product.stock_quantity();
  return row;
}

store::KnownProduct read_deleted(const v1::ProductDeleted& message, const messaging::Event& event) {
  store::KnownProduct row;
  row.id = projection::read_id(message.id(), event);
  row.version = message.version();
  row.deleted = true;
  return row;
}

}  // namespace

projection::Definition products() {
  projection::Rows<store::KnownProduct> rows;
  rows.on<v1::ProductChanged>(read_changed);
  rows.on<v1::ProductDeleted>(read_deleted);
  return {.name = "report.products",
          .service = "report",
          .topics = {"waybill.products"},
          .tables = {"known_product"},
          .apply = rows.newest_into(store::put_products),
          .pace = pace};
}

}  // namespace waybill::report::projections
