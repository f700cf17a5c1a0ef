// Orders with their lines in the database: sets in, sets out.
#pragma once

#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "libs/pg/pg.hpp"
#include "services/order/domain/order.hpp"

namespace waybill::order::store {

using Orders = std::unordered_map<Id, domain::Order>;

// The orders of these ids with their lines, locked until the transaction ends. Ids that are not
// there are left out; repeated ids are fine.
Orders lock_orders(pg::Tx& tx, std::span<const Id> ids);
Orders find_orders(pg::Tx& tx, std::span<const Id> ids);
std::optional<domain::Order> find_order(pg::Session& session, const Id& id);

// Inserts PENDING orders without their lines; gives the ids that are new.
std::unordered_set<Id> insert_orders(pg::Tx& tx, std::span<const domain::Order> orders);
void insert_lines(pg::Tx& tx, std::span<const domain::Order* const> orders);

// Everything of an order that changes after it was placed, but for the lines.
void update_orders(pg::Tx& tx, std::span<const domain::Order* const> orders);
// The catalogue's sku, name and prices.
void price_lines(pg::Tx& tx, std::span<const domain::Order* const> orders);

// An order without its lines, from a row with the columns of sql::find_orders_by_ids.
domain::Order read_order(const pg::Row& row);
// Loads the lines of all these orders by one statement.
void load_lines(pg::Session& session, std::span<domain::Order> orders);

pg::Array to_array(std::span<const Id> ids);

}  // namespace waybill::order::store
