#include "libs/auth/keys.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>

#include "libs/auth/openssl.hpp"
#include "libs/auth/secrets.hpp"
#include "libs/core/base64.hpp"
#include "libs/core/strict_json.hpp"

namespace waybill::auth {

namespace json = boost::json;

struct KeyMaterial {
  explicit KeyMaterial(openssl::Key taken) : key{std::move(taken)} {}
  openssl::Key key;
};

namespace {

constexpr std::size_t kCoordinate = 32;  // bytes of X, Y, R and S on P-256
constexpr const char* kCurve = "P-256";  // OpenSSL knows it under NIST's name, too

// X and Y, 32 bytes each.
struct Point {
  std::string x, y;
};

std::string coordinate(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  openssl::require(EVP_PKEY_get_bn_param(key, name, &number) == 1, "read a key");
  const openssl::Number owner{number};
  std::string text(kCoordinate, '\0');
  openssl::require(BN_bn2binpad(number, openssl::bytes(text), kCoordinate) == kCoordinate,
                   "read a key");
  return text;
}

Point point_of(EVP_PKEY* key) {
  return {coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X), coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y)};
}

bool is_p256(EVP_PKEY* key) {
  char name[32] = {};
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name,
                                        nullptr) == 1 &&
         std::string_view{name} == "prime256v1";
}

// nullptr when the point is not on the curve.
openssl::Key public_key_of(const Point& point) {
  std::string encoded = '\x04' + point.x + point.y;
  std::string curve = kCurve;
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, encoded.data(), encoded.size()),
      OSSL_PARAM_construct_end()};
  const openssl::KeyContext context{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
  openssl::require(context && EVP_PKEY_fromdata_init(context.get()) == 1, "make a key");
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY,
                        const_cast<OSSL_PARAM*>(parameters)) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  openssl::Key owner{key};
  const openssl::KeyContext check{EVP_PKEY_CTX_new(key, nullptr)};
  openssl::require(check != nullptr, "check a key");
  if (EVP_PKEY_public_check(check.get()) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  return owner;
}

// A member that is a string; nullopt when it is absent or anything else.
std::optional<std::string_view> text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_string()) return std::nullopt;
  return std::string_view{value->get_string()};
}

bool is_absent_or(const json::object& object, std::string_view name, std::string_view expected) {
  return !object.contains(name) || text_of(object, name) == expected;
}

// key_ops (RFC 7517 section 4.3): among what the key is for must be verifying.
bool may_verify(const json::object& jwk) {
  const auto* operations = jwk.if_contains("key_ops");
  if (!operations) return true;
  if (!operations->is_array()) return false;
  const auto& list = operations->get_array();
  return std::find(list.begin(), list.end(), json::value("verify")) != list.end();
}

// The required members in the order of their names, without spaces (RFC 7638 section 3).
std::string thumbprint(const Point& point) {
  return base64url_encode(
      sha256(fmt::format(R"({{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}})",
                         base64url_encode(point.x), base64url_encode(point.y))));
}

// R and S as they are in a token, to and from the ASN.1 form that OpenSSL takes.
std::optional<std::string> to_der(std::string_view raw) {
  if (raw.size() != 2 * kCoordinate) return std::nullopt;
  const openssl::Signature signature{ECDSA_SIG_new()};
  BIGNUM* r = BN_bin2bn(openssl::bytes(raw), kCoordinate, nullptr);
  BIGNUM* s = BN_bin2bn(openssl::bytes(raw) + kCoordinate, kCoordinate, nullptr);
  openssl::require(signature && r && s && ECDSA_SIG_set0(signature.get(), r, s) == 1,
                   "read a signature");
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  openssl::require(size > 0, "read a signature");
  std::string text{reinterpret_cast<char*>(der), static_cast<std::size_t>(size)};
  OPENSSL_free(der);
  return text;
}

std::string to_raw(const std::string& der) {
  const unsigned char* at = openssl::bytes(std::string_view{der});
  const openssl::Signature signature{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
  openssl::require(signature != nullptr, "write a signature");
  std::string raw(2 * kCoordinate, '\0');
  const BIGNUM* r = ECDSA_SIG_get0_r(signature.get());
  const BIGNUM* s = ECDSA_SIG_get0_s(signature.get());
  openssl::require(
      BN_bn2binpad(r, openssl::bytes(raw), kCoordinate) == kCoordinate &&
          BN_bn2binpad(s, openssl::bytes(raw) + kCoordinate, kCoordinate) == kCoordinate,
      "write a signature");
  return raw;
}

// Without it OpenSSL would ask for the passphrase of a wrong text at the terminal.
int give_secret(char* buffer, int size, int, void* of) {
  const auto& secret = static_cast<const config::Secret*>(of)->reveal();
  if (secret.size() > static_cast<std::size_t>(size)) return -1;
  std::copy(secret.begin(), secret.end(), buffer);
  return static_cast<int>(secret.size());
}

}  // namespace

PublicKey::PublicKey(std::shared_ptr<const KeyMaterial> material, std::string kid)
    : material_{std::move(material)}, kid_{std::move(kid)} {}

std::optional<PublicKey> PublicKey::from_jwk(const json::object& jwk) {
  const auto kid = text_of(jwk, "kid");
  const auto x = text_of(jwk, "x"), y = text_of(jwk, "y");
  if (text_of(jwk, "kty") != "EC" || text_of(jwk, "crv") != "P-256") return std::nullopt;
  if (!is_absent_or(jwk, "use", "sig") || !is_absent_or(jwk, "alg", "ES256")) return std::nullopt;
  if (!may_verify(jwk) || !kid || kid->empty() || !x || !y) return std::nullopt;
  const auto x_bytes = base64url_decode(*x), y_bytes = base64url_decode(*y);
  if (!x_bytes || !y_bytes || x_bytes->size() != kCoordinate || y_bytes->size() != kCoordinate) {
    return std::nullopt;
  }
  auto key = public_key_of({*x_bytes, *y_bytes});
  if (!key) return std::nullopt;
  return PublicKey{std::make_shared<KeyMaterial>(std::move(key)), std::string{*kid}};
}

json::object PublicKey::to_jwk() const {
  const Point point = point_of(material_->key.get());
  return {{"kty", "EC"},
          {"crv", "P-256"},
          {"use", "sig"},
          {"alg", "ES256"},
          {"kid", kid_},
          {"x", base64url_encode(point.x)},
          {"y", base64url_encode(point.y)}};
}

bool PublicKey::verify(std::string_view message, std::string_view signature) const {
  const auto der = to_der(signature);
  if (!der) return false;
  const openssl::DigestContext context{EVP_MD_CTX_new()};
  openssl::require(context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr,
                                                   material_->key.get()) == 1,
                   "verify");
  const bool right = EVP_DigestVerify(context.get(), openssl::bytes(std::string_view{*der}),
                                      der->size(), openssl::bytes(message), message.size()) == 1;
  if (!right) ERR_clear_error();
  return right;
}

SigningKey::SigningKey(std::shared_ptr<const KeyMaterial> material)
    : material_{material}, public_key_{material, thumbprint(point_of(material->key.get()))} {}

SigningKey SigningKey::generate() {
  openssl::Key key{EVP_EC_gen(kCurve)};
  openssl::require(key != nullptr, "make a key");
  return SigningKey{std::make_shared<KeyMaterial>(std::move(key))};
}

std::optional<SigningKey> SigningKey::from_pem(const std::string& pem,
                                               const config::Secret& secret) {
  const openssl::Memory memory{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  openssl::require(memory != nullptr, "read a key");
  openssl::Key key{PEM_read_bio_PrivateKey(memory.get(), nullptr, give_secret,
                                           const_cast<config::Secret*>(&secret))};
  ERR_clear_error();
  if (!key || !is_p256(key.get())) return std::nullopt;
  return SigningKey{std::make_shared<KeyMaterial>(std::move(key))};
}

std::string SigningKey::to_pem(const config::Secret& secret) const {
  if (secret.empty()) throw std::invalid_argument{"a signing key needs a secret to be kept under"};
  const openssl::Memory memory{BIO_new(BIO_s_mem())};
  openssl::require(memory && PEM_write_bio_PKCS8PrivateKey(
                                 memory.get(), material_->key.get(), EVP_aes_256_cbc(), nullptr, 0,
                                 give_secret, const_cast<config::Secret*>(&secret)) == 1,
                   "write a key");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string SigningKey::sign(std::string_view message) const {
  const openssl::DigestContext context{EVP_MD_CTX_new()};
  std::string der(80, '\0');  // two numbers of 33 bytes with their headers
  std::size_t size = der.size();
  openssl::require(context &&
                       EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr,
                                          material_->key.get()) == 1 &&
                       EVP_DigestSign(context.get(), openssl::bytes(der), &size,
                                      openssl::bytes(message), message.size()) == 1,
                   "sign");
  der.resize(size);
  return to_raw(der);
}

Result<KeySet> KeySet::parse(std::string_view text) {
  const auto parsed = parse_json(text);
  if (!parsed) return parsed.error();
  const auto* set = parsed->if_object();
  const auto* keys = set ? set->if_contains("keys") : nullptr;
  if (!keys || !keys->is_array()) return invalid("This is no key set: it has no list 'keys'.");
  KeySet result;
  for (const json::value& entry : keys->get_array()) {
    const auto* jwk = entry.if_object();
    auto key = jwk ? PublicKey::from_jwk(*jwk) : std::nullopt;
    if (!key) continue;
    if (result.find(key->kid())) return invalid("The key set has two keys of one name.");
    result.add(std::move(*key));
  }
  return result;
}

void KeySet::add(PublicKey key) {
  std::string kid = key.kid();
  keys_.insert_or_assign(std::move(kid), std::move(key));
}

const PublicKey* KeySet::find(std::string_view kid) const {
  const auto found = keys_.find(kid);
  return found == keys_.end() ? nullptr : &found->second;
}

std::string KeySet::to_json() const {
  json::array keys;
  for (const auto& [kid, key] : keys_) keys.push_back(key.to_jwk());
  return json::serialize(json::object{{"keys", std::move(keys)}});
}

}  // namespace waybill::auth
