// A moment, a key that signs and the set that knows it, the same ones for a whole program.
#pragma once

#include "libs/auth/tokens.hpp"

namespace waybill::auth::test {

inline const Instant kNow = from_unix_micros(1'800'000'000'000'000);

inline const SigningKey& key() {
  static const SigningKey made = SigningKey::generate();
  return made;
}

inline const KeySet& keys() {
  static const KeySet made = [] {
    KeySet set;
    set.add(key().public_key());
    return set;
  }();
  return made;
}

}  // namespace waybill::auth::test
