#include "services/order/commands/placing.hpp"

#include <unordered_set>

#include "services/order/commands/rejection.hpp"
#include "services/order/domain/order.hpp"
#include "services/order/events/order_events.hpp"
#include "services/order/store/customers.hpp"
#include "services/order/store/history.hpp"
#include "services/order/store/orders.hpp"
#include "waybill/product/v1/commands.pb.h"

namespace waybill::order::commands {
namespace {

using Command = outbox::Command<v1::PlaceOrder>;

Fault invalid_member(std::string pointer, std::string message) {
  boost::json::array errors{
      boost::json::object{{"pointer", std::move(pointer)}, {"message", std::move(message)}}};
  return invalid("Validation failed for POST /v1/orders", {{"errors", std::move(errors)}});
}

Result<Instant> read_order_date(const Command& command) {
  if (!command.body.has_order_date()) return command.now;
  if (!command.cause.caller.is_staff()) return forbidden("Only staff may set the order date.");
  const auto date = parse_rfc3339(command.body.order_date());
  if (!date) return invalid_member("/order_date", "is no RFC 3339 date-time");
  if (*date > command.now) return invalid_member("/order_date", "is in the future");
  return *date;
}

Result<std::vector<domain::Item>> read_items(const v1::PlaceOrder& body) {
  std::vector<domain::Line> lines;
  lines.reserve(static_cast<std::size_t>(body.items_size()));
  for (const v1::OrderLine& line : body.items()) {
    const std::string pointer = "/items/" + std::to_string(lines.size());
    const auto product_id = Id::parse(line.product_id());
    if (!product_id) return invalid_member(pointer + "/product_id", "is no UUID");
    if (line.quantity() < 1) return invalid_member(pointer + "/quantity", "is less than 1");
    lines.push_back({*product_id, line.quantity()});
  }
  if (lines.empty()) return invalid_member("/items", "is empty");
  std::vector<domain::Item> items;
  for (const domain::Line& line : domain::merge_lines(lines)) {
    domain::Item item;
    item.id = new_id();
    item.product_id = line.product_id;
    item.quantity = line.quantity;
    items.push_back(std::move(item));
  }
  return items;
}

// What is asked for, without the address.
Result<domain::Order> read_order(const Command& command) {
  domain::Order order;
  order.id = command.id();
  const auto customer = customer_of(command);
  if (!customer) return customer.error();
  const auto date = read_order_date(command);
  if (!date) return date.error();
  const auto address_id = Id::parse(command.body.delivery_address_id());
  if (!address_id) return invalid_member("/delivery_address_id", "is no UUID");
  auto items = read_items(command.body);
  if (!items) return items.error();
  order.user_id = *customer;
  order.order_date = *date;
  order.delivery_address_id = *address_id;
  order.items = std::move(*items);
  if (command.body.has_reference()) order.reference = command.body.reference();
  order.created_at = command.now;
  return order;
}

void tell_placed(outbox::Writer& out, const domain::Order& order, const Command& command) {
  events::tell(out, order, command.cause);
  product::v1::ReserveStock reserve;
  reserve.set_order_id(order.id.to_string());
  for (const domain::Item& item : order.items) {
    product::v1::StockLine& line = *reserve.add_lines();
    line.set_product_id(item.product_id.to_string());
    line.set_quantity(item.quantity);
  }
  if (command.body.has_expected_total()) {
    reserve.set_expected_total(command.body.expected_total());
  }
  out.command("product", derive_id(order.id, "reserve"), reserve, command.cause);
}

// What a command answers whose order is there already: its inbox row has long been dropped.
outbox::Outcome repeated(const domain::Order& order) {
  switch (order.status) {
    case domain::Status::pending:
      return outbox::Outcome::deferred();
    case domain::Status::rejected:
      return outbox::Outcome::refused(rejection_fault(order, {}));
    default:
      return outbox::Outcome::created(events::representation(order),
                                      "/v1/orders/" + order.id.to_string(), order.version);
  }
}

// One batch on its way through: each step fills in the outcomes of those it turns away.
class Placing {
 public:
  Placing(pg::Tx& tx, Batch<v1::PlaceOrder> batch, outbox::Writer& out)
      : tx_{tx}, batch_{batch}, out_{out}, outcomes_(batch.size()) {}

  void read() {
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      auto order = read_order(batch_[i]);
      if (order) {
        orders_.push_back(std::move(*order));
        places_.push_back(i);
      } else {
        outcomes_[i] = outbox::Outcome::refused(order.error());
      }
    }
  }

  void find_addresses(const AddressMissing& missing, const Addresses& told) {
    std::vector<Id> ids;
    ids.reserve(orders_.size());
    for (const domain::Order& order : orders_) ids.push_back(order.delivery_address_id);
    if (ids.empty()) return;
    Addresses addresses = store::find_addresses(tx_, ids);
    addresses.insert(told.begin(), told.end());
    keep_if([&](domain::Order& order, const Command& command) -> std::optional<outbox::Outcome> {
      const auto found = addresses.find(order.delivery_address_id);
      if (found == addresses.end()) return missing(command, order);
      if (found->second.user_id != order.user_id) return refuse_address();
      order.delivery_address = found->second.address;
      return std::nullopt;
    });
  }

  void insert() {
    if (orders_.empty()) return;
    const std::unordered_set<Id> fresh = store::insert_orders(tx_, orders_);
    if (fresh.size() < orders_.size()) answer_repeated(fresh);
    if (orders_.empty()) return;
    std::vector<const domain::Order*> placed;
    std::vector<store::HistoryEntry> history;
    placed.reserve(orders_.size());
    history.reserve(orders_.size());
    for (std::size_t k = 0; k < orders_.size(); ++k) {
      const Command& command = batch_[places_[k]];
      placed.push_back(&orders_[k]);
      history.push_back({orders_[k].id, 1, orders_[k].status, store::Source::gateway, std::nullopt,
                         command.id(), command.cause.sent_at, command.now, command.cause.failures,
                         command.cause.dead_visits});
      tell_placed(out_, orders_[k], command);
      outcomes_[places_[k]] = outbox::Outcome::deferred();
    }
    store::insert_lines(tx_, placed);
    store::insert_history(tx_, history);
  }

  std::vector<outbox::Outcome> take_outcomes() { return std::move(outcomes_); }

 private:
  void answer_repeated(const std::unordered_set<Id>& fresh) {
    std::vector<Id> known;
    for (const domain::Order& order : orders_) {
      if (!fresh.contains(order.id)) known.push_back(order.id);
    }
    const store::Orders stored = store::find_orders(tx_, known);
    keep_if([&](domain::Order& order, const Command&) -> std::optional<outbox::Outcome> {
      if (fresh.contains(order.id)) return std::nullopt;
      return repeated(stored.at(order.id));
    });
  }

  // Keeps the orders for which `turn_away` has no outcome.
  template <class TurnAway>
  void keep_if(TurnAway turn_away) {
    std::vector<domain::Order> orders;
    std::vector<std::size_t> places;
    for (std::size_t k = 0; k < orders_.size(); ++k) {
      if (auto outcome = turn_away(orders_[k], batch_[places_[k]])) {
        outcomes_[places_[k]] = std::move(*outcome);
        continue;
      }
      orders.push_back(std::move(orders_[k]));
      places.push_back(places_[k]);
    }
    orders_ = std::move(orders);
    places_ = std::move(places);
  }

  pg::Tx& tx_;
  Batch<v1::PlaceOrder> batch_;
  outbox::Writer& out_;
  std::vector<outbox::Outcome> outcomes_;
  std::vector<domain::Order> orders_;  // still on their way …
  std::vector<std::size_t> places_;    // … and where their commands stand in the batch
};

}  // namespace

Result<Id> customer_of(const outbox::Command<v1::PlaceOrder>& command) {
  const Caller& caller = command.cause.caller;
  if (!command.body.has_user_id()) {
    if (caller.user) return *caller.user;
    return invalid_member("/user_id", "is required, because the caller is no user");
  }
  const auto named = Id::parse(command.body.user_id());
  if (!named) return invalid_member("/user_id", "is no UUID");
  if (!caller.may_act_for(*named)) return forbidden("Only staff may order for another customer.");
  return *named;
}

outbox::Outcome refuse_address() {
  return outbox::Outcome::refused(
      unprocessable("unknown-address", "The customer has no such delivery address."));
}

std::vector<outbox::Outcome> place(pg::Tx& tx, Batch<v1::PlaceOrder> batch, outbox::Writer& out,
                                   const AddressMissing& missing, const Addresses& told) {
  Placing placing{tx, batch, out};
  placing.read();
  placing.find_addresses(missing, told);
  placing.insert();
  return placing.take_outcomes();
}

}  // namespace waybill::order::commands
