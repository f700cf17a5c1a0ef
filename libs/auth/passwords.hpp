// Passwords as Argon2id hashes (RFC 9106) in the PHC string format, which carries parameters and
// salt: $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>. One hash takes about 50 ms and as much memory
// as it says: run it in a small pool, never on the io thread. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace waybill::auth {

// The least that is allowed, and the default (OWASP's recommendation).
struct PasswordCost {
  std::uint32_t memory_kib = 19'456;
  std::uint32_t passes = 2;
  std::uint32_t lanes = 1;
};

// With 16 random bytes of salt. Throws std::runtime_error when memory is short.
std::string hash_password(std::string_view password, const PasswordCost& cost = {});

// False for a wrong password, and for a text that is no Argon2id hash. Throws std::runtime_error
// when memory is short: that tells nothing about the password.
bool verify_password(std::string_view password, const std::string& hash);

// Whether any parameter of the hash is below `cost`, or it is of another kind.
bool needs_rehash(const std::string& hash, const PasswordCost& cost = {});

}  // namespace waybill::auth
