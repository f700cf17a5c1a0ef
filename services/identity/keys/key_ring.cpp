#include "services/identity/keys/key_ring.hpp"

#include "libs/log/log.hpp"

namespace waybill::identity::keys {

auth::KeySet to_key_set(const std::vector<store::StoredKey>& stored) {
  auth::KeySet set;
  for (const store::StoredKey& key : stored) {
    auto public_key = auth::PublicKey::from_jwk(boost::json::parse(key.jwk).as_object());
    if (public_key) set.add(std::move(*public_key));
  }
  return set;
}

void KeyRing::tend(pg::Connection& connection, Instant now) {
  pg::Session session{connection};
  auto stored = store::list_keys(session);
  const auto times = times_of(stored);
  if (domain::is_due(times, policy_.keys(), now) ||
      domain::count_outlived(times, policy_.keys(), now) > 0) {
    pg::Tx tx{connection};
    tend_keys(tx, policy_, now);
    tx.commit();
    stored = store::list_keys(session);
  }
  learn(stored);
}

void KeyRing::learn(const std::vector<store::StoredKey>& stored) {
  {
    const std::lock_guard lock{mutex_};
    const bool same = std::equal(
        held_.begin(), held_.end(), stored.begin(), stored.end(),
        [](const Held& held, const store::StoredKey& key) { return held.kid == key.kid; });
    if (same) return;
  }
  std::vector<Held> held;
  for (const store::StoredKey& key : stored) held.push_back(open(key));
  auth::KeySet published = to_key_set(stored);
  const std::lock_guard lock{mutex_};
  held_ = std::move(held);
  published_ = std::move(published);
}

KeyRing::Held KeyRing::open(const store::StoredKey& stored) const {
  auto key = auth::SigningKey::from_pem(stored.pem, policy_.key_secret);
  if (!key) {
    log::error(
        "keys.unreadable",
        {{"kid", stored.kid}, {"hint", "identity.key-secret is not the one it was made with"}});
  }
  return {stored.kid, stored.times, std::move(key)};
}

Result<auth::SigningKey> KeyRing::signer(Instant now) const {
  const std::lock_guard lock{mutex_};
  std::vector<domain::KeyTimes> times;
  for (const Held& held : held_) times.push_back(held.times);
  const auto index = domain::signing_key(times, now);
  if (!index || !held_[*index].key) return unavailable("Nobody can sign in at the moment.");
  return *held_[*index].key;
}

bool KeyRing::is_ready() const {
  return signer(now()).has_value();
}

auth::KeySet KeyRing::key_set() const {
  const std::lock_guard lock{mutex_};
  return published_;
}

}  // namespace waybill::identity::keys
