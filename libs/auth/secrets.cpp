#include "libs/auth/secrets.hpp"

#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "libs/auth/openssl.hpp"
#include "libs/core/base64.hpp"

namespace waybill::auth {

std::string new_secret() {
  std::string random(32, '\0');
  openssl::require(RAND_bytes(openssl::bytes(random), static_cast<int>(random.size())) == 1,
                   "give random bytes");
  return base64url_encode(random);
}

std::string sha256(std::string_view text) {
  std::string digest(32, '\0');
  openssl::require(EVP_Digest(text.data(), text.size(), openssl::bytes(digest), nullptr,
                              EVP_sha256(), nullptr) == 1,
                   "hash");
  return digest;
}

std::string keyed_digest(const config::Secret& secret, std::string_view text) {
  std::string digest(32, '\0');
  const std::string& key = secret.reveal();
  openssl::require(
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), openssl::bytes(text),
           text.size(), openssl::bytes(digest), nullptr) != nullptr,
      "hash");
  return digest;
}

}  // namespace waybill::auth
