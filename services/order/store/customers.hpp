// Users and addresses as this service knows them: the projection of waybill.users.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "libs/pg/pg.hpp"
#include "services/order/domain/order.hpp"

namespace waybill::order::store {

struct CustomerAddress {
  Id id;
  Id user_id;
  domain::Address address;
};

// The known ones of these addresses.
std::unordered_map<Id, CustomerAddress> find_addresses(pg::Tx& tx, std::span<const Id> ids);

// A user's whole state at a version.
struct Customer {
  Id id;
  std::int64_t version = 0;
  bool deleted = false;
  std::vector<CustomerAddress> addresses;
};

// Takes over the states that are newer than what is known, each with all its addresses. Ids must
// not repeat.
void apply_customers(pg::Tx& tx, std::span<const Customer> customers);

}  // namespace waybill::order::store
