#include "services/product/commands/booking.hpp"

#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "services/product/events/product_events.hpp"
#include "services/product/store/products.hpp"

namespace waybill::product::commands {

void note_sold_out(const domain::Product& product) {
  static metrics::Counter& sold_out =
      metrics::counter("product_sold_out_total", "Times that a product's stock came to 0.");
  sold_out.add();
  log::info("product.sold_out", {{"product_id", product.id}, {"version", product.version}});
}

void Booking::add(std::vector<domain::Movement> movements, const outbox::Cause& cause) {
  for (domain::Movement& movement : movements) {
    if (movement.id == Id{}) movement.id = new_id();
    const auto [place, is_new] = touched_.try_emplace(movement.product_id);
    if (is_new) order_.push_back(movement.product_id);
    place->second.movements.push_back(movement);
    place->second.cause = &cause;
    ledger_.push_back(std::move(movement));
  }
}

void Booking::store(pg::Tx& tx, outbox::Writer& out) {
  std::vector<domain::Product> changed;
  for (const Id& id : order_) {
    domain::Product& product = products_.at(id);
    if (!product.deleted) ++product.version;
    changed.push_back(product);
  }
  store::update_stock(tx, changed);
  store::insert_movements(tx, ledger_);
  for (const domain::Product& product : changed) {
    if (product.deleted) continue;
    const Touched& touched = touched_.at(product.id);
    events::tell_changed(out, product, touched.movements, *touched.cause);
    if (product.stock_quantity == 0) note_sold_out(product);
  }
}

}  // namespace waybill::product::commands
