// Signing keys in the database.
#pragma once

#include <string>
#include <vector>

#include "libs/pg/pg.hpp"
#include "services/identity/domain/key_schedule.hpp"

namespace waybill::identity::store {

struct StoredKey {
  std::string kid;
  std::string jwk;  // the public part
  std::string pem;  // encrypted
  domain::KeyTimes times;
};

// In the order in which they sign.
std::vector<StoredKey> list_keys(pg::Session& session);
// Others who want to change the keys wait until this transaction ends.
std::vector<StoredKey> lock_keys(pg::Tx& tx);
void insert_key(pg::Tx& tx, const StoredKey& key);
void delete_key(pg::Tx& tx, const std::string& kid);

}  // namespace waybill::identity::store
