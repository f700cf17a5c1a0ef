// The signing keys as this process knows them. The rows in the database are the truth for all
// processes: each looks at them every second, while a key is published for minutes before it signs.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "services/identity/keys/next_key.hpp"

namespace waybill::identity::keys {

// Thread-safe.
class KeyRing {
 public:
  explicit KeyRing(Policy policy) : policy_{std::move(policy)} {}

  // Makes a key when it is due, removes outlived ones, and learns what there is. Throws as pg::Tx
  // does. A key that does not open with this process's secret is logged as `keys.unreadable`; it
  // can't sign, but is published.
  void tend(pg::Connection& connection, Instant now);

  // The key that signs now; 503 before the first tend(), or when it does not open.
  Result<auth::SigningKey> signer(Instant now) const;
  // Whether signer() gives one.
  bool is_ready() const;
  // All that are published.
  auth::KeySet key_set() const;

 private:
  struct Held {
    std::string kid;
    domain::KeyTimes times;
    std::optional<auth::SigningKey> key;  // nullopt: it did not open
  };

  void learn(const std::vector<store::StoredKey>& stored);
  Held open(const store::StoredKey& stored) const;

  const Policy policy_;
  mutable std::mutex mutex_;
  std::vector<Held> held_;
  auth::KeySet published_;
};

// The public part of stored keys.
auth::KeySet to_key_set(const std::vector<store::StoredKey>& stored);

}  // namespace waybill::identity::keys
