#include "services/order/projections/users.hpp"

#include <unordered_map>

#include "services/order/store/customers.hpp"
#include "waybill/identity/v1/events.pb.h"

namespace waybill::order::projections {
namespace {

namespace identity = waybill::identity::v1;

[[noreturn]] void throw_unreadable(const messaging::Event& event) {
  throw std::invalid_argument{"the event of user " + event.key + " can't be read"};
}

Id read_id(const std::string& text, const messaging::Event& event) {
  const auto id = Id::parse(text);
  if (!id) throw_unreadable(event);
  return *id;
}

template <class Message>
Message parse(const messaging::Event& event) {
  Message message;
  if (!message.ParseFromString(event.value)) throw_unreadable(event);
  return message;
}

store::Customer read_changed(const messaging::Event& event) {
  const auto message = parse<identity::UserChanged>(event);
  store::Customer customer{
      read_id(message.user().id(), event), message.user().version(), false, {}};
  for (const identity::Address& address : message.addresses()) {
    customer.addresses.push_back({read_id(address.id(), event),
                                  customer.id,
                                  {address.street(), address.city(), address.state(),
                                   address.zip_code(), address.country()}});
  }
  return customer;
}

store::Customer read_deleted(const messaging::Event& event) {
  const auto message = parse<identity::UserDeleted>(event);
  return {read_id(message.id(), event), message.version(), true, {}};
}

std::optional<store::Customer> read(const messaging::Event& event) {
  const auto type = event.headers.find("ce_type");
  if (type == event.headers.end()) throw_unreadable(event);
  if (type->second == identity::UserChanged::descriptor()->full_name()) return read_changed(event);
  if (type->second == identity::UserDeleted::descriptor()->full_name()) return read_deleted(event);
  return std::nullopt;
}

}  // namespace

void apply_users(pg::Tx& tx, std::span<const messaging::Event> events) {
  std::unordered_map<Id, store::Customer> newest;
  for (const messaging::Event& event : events) {
    auto customer = read(event);
    if (!customer) continue;
    const auto [place, is_new] = newest.try_emplace(customer->id, *customer);
    if (!is_new && place->second.version < customer->version) place->second = std::move(*customer);
  }
  std::vector<store::Customer> customers;
  customers.reserve(newest.size());
  for (auto& [id, customer] : newest) customers.push_back(std::move(customer));
  store::apply_customers(tx, customers);
}

}  // namespace waybill::order::projections
