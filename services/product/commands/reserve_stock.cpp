#include <unordered_set>

#include "services/product/commands/booking.hpp"
#include "services/product/commands/commands.hpp"
#include "services/product/domain/reservation.hpp"
#include "services/product/store/products.hpp"
#include "services/product/store/reservations.hpp"
#include "waybill/order/v1/commands.pb.h"

namespace waybill::product::commands {
namespace {

using Command = outbox::Command<v1::ReserveStock>;

Id read_id(const std::string& text) {
  return Id::parse(text).value_or(Id{});
}

domain::Request read_request(const v1::ReserveStock& command) {
  domain::Request request{
      .order_id = read_id(command.order_id()), .lines = {}, .expected_total = {}};
  for (const v1::StockLine& line : command.lines()) {
    request.lines.push_back({read_id(line.product_id()), line.quantity()});
  }
  if (command.has_expected_total()) request.expected_total = command.expected_total();
  return request;
}

std::vector<domain::Request> read_requests(Batch<v1::ReserveStock> batch) {
  std::vector<domain::Request> requests;
  for (const Command& command : batch) requests.push_back(read_request(command.body));
  return requests;
}

std::vector<Id> distinct_orders(const std::vector<domain::Request>& requests) {
  std::unordered_set<Id> seen;
  std::vector<Id> ids;
  for (const domain::Request& request : requests) {
    if (seen.insert(request.order_id).second) ids.push_back(request.order_id);
  }
  return ids;
}

domain::Products lock_all(pg::Tx& tx, const std::vector<domain::Request>& requests) {
  std::vector<Id> ids;
  for (const domain::Request& request : requests) {
    for (const domain::Line& line : request.lines) ids.push_back(line.product_id);
  }
  return store::lock_products(tx, std::move(ids));
}

void answer_reserved(outbox::Writer& out, const domain::Request& request,
                     const domain::Quote& quote, const outbox::Cause& cause) {
  order::v1::StockReserved answer;
  answer.set_order_id(request.order_id.to_string());
  for (const domain::PricedLine& line : quote.lines) {
    order::v1::PricedLine& priced = *answer.add_lines();
    priced.set_product_id(line.product_id.to_string());
    if (line.sku) priced.set_sku(*line.sku);
    priced.set_name(line.name);
    priced.set_quantity(line.quantity);
    priced.set_price(format_money(line.price));
    priced.set_line_total(format_money(line.total));
  }
  answer.set_total_price(format_money(quote.total));
  answer.set_currency(quote.currency);
  out.command("order", derive_id(request.order_id, "reserved"), answer, cause);
}

void answer_refused(outbox::Writer& out, const domain::Request& request, const Fault& fault,
                    const outbox::Cause& cause) {
  order::v1::StockRefused answer;
  answer.set_order_id(request.order_id.to_string());
  answer.set_code(fault.code);
  answer.set_members(boost::json::serialize(fault.members));
  out.command("order", derive_id(request.order_id, "reserved"), answer, cause);
}

}  // namespace

std::vector<outbox::Outcome> reserve_stock(pg::Tx& tx, Batch<v1::ReserveStock> batch,
                                           outbox::Writer& out) {
  const std::vector<domain::Request> requests = read_requests(batch);
  std::unordered_set<Id> open =
      store::claim_decisions(tx, distinct_orders(requests), batch.front().now);
  domain::Products products = lock_all(tx, requests);
  Booking booking{products};
  std::vector<outbox::Outcome> outcomes;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    outcomes.push_back(outbox::Outcome::no_content());
    const domain::Request& request = requests[i];
    if (open.erase(request.order_id) == 0) continue;  // decided before, or released already
    const auto quote = domain::quote(products, request);
    if (!quote) {
      answer_refused(out, request, quote.error(), batch[i].cause);
      continue;
    }
    booking.add(domain::reserve(products, request.order_id, *quote, batch[i].now), batch[i].cause);
    answer_reserved(out, request, *quote, batch[i].cause);
  }
  booking.store(tx, out);
  return outcomes;
}

}  // namespace waybill::product::commands
