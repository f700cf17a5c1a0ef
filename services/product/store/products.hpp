// Products and their ledger in the database: sets in, sets out. All but the reads need a lock on
// the products (lock_products). Writes travel with the next read or the commit.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "libs/pg/pg.hpp"
#include "services/product/domain/product.hpp"

namespace waybill::product::store {

// The products of these ids, deleted ones too, locked until the transaction ends. Repeated ids are
// fine.
domain::Products lock_products(pg::Tx& tx, std::vector<Id> ids);

std::optional<domain::Product> find_product(pg::Session& session, const Id& id);

// Which of these skus are in use and by whom. Others who want to use one wait until this
// transaction ends.
std::unordered_map<std::string, Id> lock_skus(pg::Tx& tx, const std::vector<std::string>& skus);

void insert_products(pg::Tx& tx, std::span<const domain::Product> products);
void update_products(pg::Tx& tx, std::span<const domain::Product> products);
// Stock, version and time of change only.
void update_stock(pg::Tx& tx, std::span<const domain::Product> products);
void delete_products(pg::Tx& tx, std::span<const domain::Product> products);
// Takes the skus from these products; for batches in which skus change hands.
void clear_skus(pg::Tx& tx, const std::vector<Id>& ids);

// In the order of their balances.
void insert_movements(pg::Tx& tx, std::span<const domain::Movement> movements);
std::unordered_map<Id, domain::Movement> find_movements(pg::Tx& tx, const std::vector<Id>& ids);

domain::Product read_product(const pg::Row& row);
domain::Movement read_movement(const pg::Row& row);

pg::Array to_array(std::span<const Id> ids);

}  // namespace waybill::product::store
