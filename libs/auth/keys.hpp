// Keys for ES256 (RFC 7518 section 3.4): P-256, SHA-256, signatures of 64 bytes (R and S, big
// endian). Values that share what is inside; using one from several threads is fine.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "libs/config/settings.hpp"
#include "libs/core/fault.hpp"

namespace waybill::auth {

// OpenSSL's key, whose header stays inside.
struct KeyMaterial;

class PublicKey {
 public:
  // From a JWK (RFC 7517): kty EC, crv P-256, a kid, a point of the curve; use, alg and key_ops may
  // be absent, but say nothing else than signatures with ES256. nullopt for any other key.
  static std::optional<PublicKey> from_jwk(const boost::json::object& jwk);

  const std::string& kid() const { return kid_; }
  boost::json::object to_jwk() const;
  // True when `signature` is this key's over `message`; anything else, wrong sizes too, is false.
  bool verify(std::string_view message, std::string_view signature) const;

 private:
  friend class SigningKey;
  PublicKey(std::shared_ptr<const KeyMaterial> material, std::string kid);

  std::shared_ptr<const KeyMaterial> material_;
  std::string kid_;
};

class SigningKey {
 public:
  // Its kid is the key's thumbprint (RFC 7638): the same key has the same name everywhere.
  static SigningKey generate();
  // What to_pem wrote; nullopt for a wrong secret, another kind of key or broken text.
  static std::optional<SigningKey> from_pem(const std::string& pem, const config::Secret& secret);

  // PKCS #8, encrypted with AES-256 and PBKDF2 (RFC 8018). Throws std::invalid_argument for an
  // empty secret: a key is never written in clear.
  std::string to_pem(const config::Secret& secret) const;
  const std::string& kid() const { return public_key_.kid(); }
  const PublicKey& public_key() const { return public_key_; }
  // 64 bytes.
  std::string sign(std::string_view message) const;

 private:
  explicit SigningKey(std::shared_ptr<const KeyMaterial> material);

  std::shared_ptr<const KeyMaterial> material_;
  PublicKey public_key_;
};

// The keys whose tokens are accepted, by kid: a JWK Set (RFC 7517 section 5).
class KeySet {
 public:
  // Keys of other kinds and those without a kid are passed over, as the RFC asks; a kid that stands
  // twice, or a text that is no key set, is a fault.
  static Result<KeySet> parse(std::string_view json);

  void add(PublicKey key);
  // nullptr: unknown. Valid as long as the set is not changed.
  const PublicKey* find(std::string_view kid) const;
  std::size_t size() const { return keys_.size(); }
  std::string to_json() const;

 private:
  std::map<std::string, PublicKey, std::less<>> keys_;
};

}  // namespace waybill::auth
