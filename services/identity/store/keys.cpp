#include "services/identity/store/keys.hpp"

#include "services/identity/store/auth_sql.hpp"

namespace waybill::identity::store {
namespace {

std::vector<StoredKey> read_keys(const pg::Rows& rows) {
  std::vector<StoredKey> keys;
  for (const pg::Row row : rows) {
    keys.push_back({std::string{row.text(0)},
                    std::string{row.text(1)},
                    std::string{row.text(2)},
                    {row.instant(3), row.instant(4)}});
  }
  return keys;
}

}  // namespace

std::vector<StoredKey> list_keys(pg::Session& session) {
  return read_keys(session.exec(sql::list_keys));
}

std::vector<StoredKey> lock_keys(pg::Tx& tx) {
  tx.exec(sql::lock_keys);
  return read_keys(tx.exec(sql::list_keys));
}

void insert_key(pg::Tx& tx, const StoredKey& key) {
  tx.later(sql::insert_key, key.kid, key.jwk, key.pem, key.times.created_at, key.times.signs_from);
}

void delete_key(pg::Tx& tx, const std::string& kid) {
  tx.later(sql::delete_key, kid);
}

}  // namespace waybill::identity::store
