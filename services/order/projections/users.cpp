#include "services/order/projections/users.hpp"

#include "libs/projection/rows.hpp"
#include "services/order/store/customers.hpp"
#include "waybill/identity/v1/events.pb.h"

namespace waybill::order::projections {
namespace {

namespace identity = waybill::identity::v1;

store::Customer read_changed(const identity::UserChanged& message, const messaging::Event& event) {
  store::Customer customer{
      projection::read_id(message.user().id(), event), message.user().version(), false, {}};
  for (const identity::Address& address : message.addresses()) {
    customer.addresses.push_back({projection::read_id(address.id(), event),
                                  customer.id,
                                  {address.street(), address.city(), address.state(),
                                   address.zip_code(), address.country()}});
  }
  return customer;
}

store::Customer read_deleted(const identity::UserDeleted& message, const messaging::Event& event) {
  return {projection::read_id(message.id(), event), message.version(), true, {}};
}

}  // namespace

projection::Definition users() {
  projection::Rows<store::Customer> rows;
  rows.on<identity::UserChanged>(read_changed);
  rows.on<identity::UserDeleted>(read_deleted);
  return {.name = "order.users",
          .service = "order",
          .topics = {"waybill.users"},
          .tables = {"customer", "customer_address"},
          .apply = rows.newest_into(store::apply_customers)};
}

}  // namespace waybill::order::projections
