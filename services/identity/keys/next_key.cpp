#include "services/identity/keys/next_key.hpp"

#include "libs/log/log.hpp"

namespace waybill::identity::keys {
namespace {

store::StoredKey make(pg::Tx& tx, const std::vector<store::StoredKey>& known, const Policy& policy,
                      Instant now) {
  const auto key = auth::SigningKey::generate();
  const store::StoredKey made{key.kid(), boost::json::serialize(key.public_key().to_jwk()),
                              key.to_pem(policy.key_secret),
                              domain::next_key(times_of(known), policy.keys(), now)};
  store::insert_key(tx, made);
  log::info("keys.made", {{"kid", made.kid}, {"signs_from", to_rfc3339(made.times.signs_from)}});
  return made;
}

}  // namespace

std::vector<domain::KeyTimes> times_of(const std::vector<store::StoredKey>& keys) {
  std::vector<domain::KeyTimes> times;
  for (const store::StoredKey& key : keys) times.push_back(key.times);
  return times;
}

store::StoredKey next_key(pg::Tx& tx, const Policy& policy, Instant now) {
  const auto known = store::lock_keys(tx);
  if (!known.empty() && known.back().times.signs_from > now) return known.back();
  return make(tx, known, policy, now);
}

void tend_keys(pg::Tx& tx, const Policy& policy, Instant now) {
  const auto known = store::lock_keys(tx);
  const auto times = times_of(known);
  const std::size_t outlived = domain::count_outlived(times, policy.keys(), now);
  for (std::size_t i = 0; i < outlived; ++i) {
    store::delete_key(tx, known[i].kid);
    log::info("keys.removed", {{"kid", known[i].kid}});
  }
  if (domain::is_due(times, policy.keys(), now)) make(tx, known, policy, now);
}

}  // namespace waybill::identity::keys
