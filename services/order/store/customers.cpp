#include "services/order/store/customers.hpp"

#include <unordered_set>

#include "services/order/store/orders.hpp"
#include "services/order/store/sql.hpp"

namespace waybill::order::store {
namespace {

std::unordered_set<Id> upsert_newer(pg::Tx& tx, std::span<const Customer> customers) {
  pg::Array ids, versions, deleted;
  for (const Customer& customer : customers) {
    ids.add(customer.id);
    versions.add(customer.version);
    deleted.add(customer.deleted);
  }
  std::unordered_set<Id> newer;
  for (const pg::Row row : tx.exec(sql::upsert_customers, ids, versions, deleted)) {
    newer.insert(row.id(0));
  }
  return newer;
}

void insert_addresses(pg::Tx& tx, std::span<const CustomerAddress* const> addresses) {
  pg::Array ids, users, streets, cities, states, zip_codes, countries;
  for (const CustomerAddress* known : addresses) {
    ids.add(known->id);
    users.add(known->user_id);
    streets.add(known->address.street);
    cities.add(known->address.city);
    states.add(known->address.state);
    zip_codes.add(known->address.zip_code);
    countries.add(known->address.country);
  }
  tx.later(sql::insert_addresses, ids, users, streets, cities, states, zip_codes, countries);
}

}  // namespace

std::unordered_map<Id, CustomerAddress> find_addresses(pg::Tx& tx, std::span<const Id> ids) {
  std::unordered_map<Id, CustomerAddress> found;
  for (const pg::Row row : tx.exec(sql::find_addresses_by_ids, to_array(ids))) {
    found.emplace(row.id(0), CustomerAddress{row.id(0),
                                             row.id(1),
                                             {std::string{row.text(2)}, std::string{row.text(3)},
                                              std::string{row.text(4)}, std::string{row.text(5)},
                                              std::string{row.text(6)}}});
  }
  return found;
}

void apply_customers(pg::Tx& tx, std::span<const Customer> customers) {
  if (customers.empty()) return;
  const std::unordered_set<Id> newer = upsert_newer(tx, customers);
  if (newer.empty()) return;
  const std::vector<Id> users{newer.begin(), newer.end()};
  tx.later(sql::delete_addresses_of_users, to_array(users));
  std::vector<const CustomerAddress*> addresses;
  for (const Customer& customer : customers) {
    if (!newer.contains(customer.id)) continue;
    for (const CustomerAddress& address : customer.addresses) addresses.push_back(&address);
  }
  if (!addresses.empty()) insert_addresses(tx, addresses);
}

}  // namespace waybill::order::store
