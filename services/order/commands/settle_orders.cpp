// The saga's second half: what the product service has decided.
#include <charconv>

#include <boost/json.hpp>

#include "libs/core/planted.hpp"
#include "services/order/commands/commands.hpp"
#include "services/order/commands/open_orders.hpp"
#include "services/order/commands/rejection.hpp"
#include "services/order/domain/changes.hpp"
#include "services/order/events/order_events.hpp"

namespace waybill::order::commands {
namespace {

namespace json = boost::json;

// Answers come from a service of ours: what can't be read is a bug, and the message is for the dead
// queue.
[[noreturn]] void throw_unreadable(std::string_view what, const std::string& value) {
  throw std::invalid_argument{"the answer's " + std::string{what} + " can't be read: " + value};
}

Id read_id(const std::string& text) {
  const auto id = Id::parse(text);
  if (!id) throw_unreadable("id", text);
  return *id;
}

// An amount as format_money writes it. Totals may have more digits than parse_money takes from
// outside.
Minor read_amount(const std::string& text) {
  std::string digits = text;
  const std::size_t dot = digits.size() < 3 ? std::string::npos : digits.size() - 3;
  if (dot == std::string::npos || digits[dot] != '.') throw_unreadable("amount", text);
  digits.erase(dot, 1);
  Minor amount = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), amount);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    throw_unreadable("amount", text);
  }
  return amount;
}

domain::Reservation read_reservation(const v1::StockReserved& answer) {
  domain::Reservation reservation;
  for (const v1::PricedLine& line : answer.lines()) {
    reservation.lines.push_back(
        {read_id(line.product_id()), line.has_sku() ? std::optional{line.sku()} : std::nullopt,
         line.name(), read_amount(line.price()), read_amount(line.line_total())});
  }
  reservation.total_price = read_amount(answer.total_price());
  reservation.currency = answer.currency();
  return reservation;
}

json::object read_members(const v1::StockRefused& answer) {
  if (answer.members().empty()) return {};
  boost::system::error_code error;
  const json::value members = json::parse(answer.members(), error);
  if (error || !members.is_object()) throw_unreadable("members", answer.members());
  return members.as_object();
}

template <class Message>
std::vector<Id> order_ids(Batch<Message> batch) {
  std::vector<Id> ids;
  ids.reserve(batch.size());
  for (const auto& command : batch) ids.push_back(read_id(command.body.order_id()));
  return ids;
}

void confirm_one(OpenOrders& orders, const outbox::Command<v1::StockReserved>& command,
                 milliseconds unpaid_timeout, outbox::Writer& out) {
  const Id id = read_id(command.body.order_id());
  const domain::Order* order = orders.find(id);
  // Units that nobody waits for must not stay reserved.
  if (!order || order->status == domain::Status::rejected) {
    return release_stock(out, id, command.cause);
  }
  domain::Order before = *order;
  if (planted(Bug::reply_applied_twice)) before.status = domain::Status::pending;
  auto confirmed = domain::confirm(std::move(before), read_reservation(command.body), command.now,
                                   unpaid_timeout);
  if (!confirmed) return;  // delivered twice
  out.complete(id,
               outbox::Outcome::created(events::representation(*confirmed),
                                        "/v1/orders/" + id.to_string(), confirmed->version),
               command.cause);
  orders.put(std::move(*confirmed),
             {command.cause, store::Source::product, std::nullopt, command.now});
}

void reject_one(OpenOrders& orders, const outbox::Command<v1::StockRefused>& command,
                outbox::Writer& out) {
  const Id id = read_id(command.body.order_id());
  const domain::Order* order = orders.find(id);
  if (!order) return;
  json::object members = read_members(command.body);
  auto rejected =
      domain::reject(*order, rejection_reason(command.body.code(), members), command.now);
  if (!rejected) return;  // delivered twice
  out.complete(id, outbox::Outcome::refused(rejection_fault(*rejected, std::move(members))),
               command.cause);
  orders.put(std::move(*rejected),
             {command.cause, store::Source::product, command.body.code(), command.now});
}

}  // namespace

std::vector<outbox::Outcome> ConfirmOrders::operator()(pg::Tx& tx, Batch<v1::StockReserved> batch,
                                                       outbox::Writer& out) const {
  OpenOrders orders{tx, out, order_ids(batch)};
  for (const auto& command : batch) confirm_one(orders, command, unpaid_timeout, out);
  orders.write();
  return std::vector<outbox::Outcome>(batch.size(), outbox::Outcome::no_content());
}

std::vector<outbox::Outcome> reject_orders(pg::Tx& tx, Batch<v1::StockRefused> batch,
                                           outbox::Writer& out) {
  OpenOrders orders{tx, out, order_ids(batch)};
  for (const auto& command : batch) reject_one(orders, command, out);
  orders.write();
  return std::vector<outbox::Outcome>(batch.size(), outbox::Outcome::no_content());
}

}  // namespace waybill::order::commands
