// Keys, their names and their key sets.
#include "libs/auth/keys.hpp"

#include <catch2/catch.hpp>

#include "libs/auth/secrets.hpp"
#include "libs/core/base64.hpp"

using namespace waybill;
using namespace waybill::auth;
namespace json = boost::json;

namespace {

const config::Secret kSecret{"a secret for tests"};

// The key of RFC 7515, appendix A.3.
json::object rfc7515_key() {
  return {{"kty", "EC"},
          {"crv", "P-256"},
          {"kid", "rfc"},
          {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
          {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}};
}

constexpr std::string_view kRfc7515Signed =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxl"
    "LmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view kRfc7515Signature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

json::object with(json::object jwk, std::string_view name, json::value value) {
  jwk[name] = std::move(value);
  return jwk;
}

json::object without(json::object jwk, std::string_view name) {
  jwk.erase(name);
  return jwk;
}

}  // namespace

TEST_CASE("the signature of RFC 7515's example is right, and no other", "[auth][keys]") {
  const auto key = PublicKey::from_jwk(rfc7515_key());
  REQUIRE(key);
  const std::string signature = base64url_decode(kRfc7515Signature).value();
  CHECK(key->verify(kRfc7515Signed, signature));
  CHECK_FALSE(key->verify(std::string{kRfc7515Signed} + "A", signature));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string other = signature;
    other[i] = static_cast<char>(other[i] ^ 1);
    CHECK_FALSE(key->verify(kRfc7515Signed, other));
  }
}

TEST_CASE("signatures that are no two numbers of 32 bytes are wrong", "[auth][keys]") {
  const auto key = SigningKey::generate();
  const std::string right = key.sign("text");
  REQUIRE(right.size() == 64);
  CHECK(key.public_key().verify("text", right));
  CHECK_FALSE(key.public_key().verify("text", ""));
  CHECK_FALSE(key.public_key().verify("text", right.substr(1)));
  CHECK_FALSE(key.public_key().verify("text", right + '\0'));
  CHECK_FALSE(key.public_key().verify("text", std::string(64, '\0')));
  CHECK_FALSE(key.public_key().verify("text", std::string(64, '\xff')));
  CHECK_FALSE(SigningKey::generate().public_key().verify("text", right));
}

TEST_CASE("SHA-256 gives what FIPS 180-4 says", "[auth]") {
  CHECK(base64url_encode(sha256("abc")) == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
  CHECK(base64url_encode(sha256("")) == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
}

TEST_CASE("a keyed digest gives what RFC 4231 says", "[auth]") {
  CHECK(base64url_encode(keyed_digest(config::Secret{"Jefe"}, "what do ya want for nothing?")) ==
        "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
}

TEST_CASE("secrets are 43 characters and never the same", "[auth]") {
  CHECK(new_secret().size() == 43);
  CHECK(new_secret() != new_secret());
}

TEST_CASE("a key is named by its thumbprint", "[auth][keys]") {
  const auto key = SigningKey::generate();
  const json::object jwk = key.public_key().to_jwk();
  const std::string canonical =
      fmt::format(R"({{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}})",
                  std::string{jwk.at("x").as_string()}, std::string{jwk.at("y").as_string()});
  CHECK(key.kid() == base64url_encode(sha256(canonical)));
}

TEST_CASE("a key that was kept is the same key, and opens with its secret only", "[auth][keys]") {
  const auto key = SigningKey::generate();
  const std::string pem = key.to_pem(kSecret);
  CHECK(pem.find("ENCRYPTED PRIVATE KEY") != std::string::npos);
  const auto again = SigningKey::from_pem(pem, kSecret);
  REQUIRE(again);
  CHECK(again->kid() == key.kid());
  CHECK(key.public_key().verify("text", again->sign("text")));
  CHECK_FALSE(SigningKey::from_pem(pem, config::Secret{"another secret"}));
  CHECK_FALSE(SigningKey::from_pem(pem, config::Secret{}));
  CHECK_FALSE(SigningKey::from_pem("no key at all", kSecret));
  CHECK_THROWS_AS(key.to_pem(config::Secret{}), std::invalid_argument);
}

TEST_CASE("a public key survives its JWK, and a JWK has nothing private", "[auth][keys]") {
  const auto key = SigningKey::generate();
  const json::object jwk = key.public_key().to_jwk();
  CHECK_FALSE(jwk.contains("d"));
  const auto again = PublicKey::from_jwk(jwk);
  REQUIRE(again);
  CHECK(again->kid() == key.kid());
  CHECK(again->verify("text", key.sign("text")));
}

TEST_CASE("keys for something else are none", "[auth][keys]") {
  const json::object good = rfc7515_key();
  const json::string zeros(43, 'A');
  const std::vector<json::object> bad{
      {},
      without(good, "kid"),
      without(good, "kty"),
      without(good, "x"),
      with(good, "kid", ""),
      with(good, "kid", 7),
      with(good, "kty", "RSA"),
      with(good, "kty", "oct"),
      with(good, "crv", "P-384"),
      with(good, "use", "enc"),
      with(good, "alg", "HS256"),
      with(good, "alg", nullptr),
      with(good, "key_ops", json::array{"encrypt"}),
      with(good, "key_ops", "verify"),
      with(good, "x", "AAAA"),
      with(good, "x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU="),
      with(good, "x", zeros),                    // no point of the curve
      with(with(good, "x", zeros), "y", zeros),  // the point at infinity is none, either
  };
  for (const json::object& jwk : bad) {
    INFO(json::serialize(jwk));
    CHECK_FALSE(PublicKey::from_jwk(jwk));
  }
  CHECK(PublicKey::from_jwk(with(good, "key_ops", json::array{"verify"})));
  CHECK(PublicKey::from_jwk(with(good, "unheard-of", true)));
}

TEST_CASE("a key set keeps the keys that it understands", "[auth][keys]") {
  KeySet keys;
  const auto first = SigningKey::generate(), second = SigningKey::generate();
  keys.add(first.public_key());
  keys.add(second.public_key());
  json::value text = json::parse(keys.to_json());
  text.at("keys").as_array().push_back({{"kty", "OKP"}, {"kid", "other"}});
  text.at("keys").as_array().push_back("no key");
  const auto again = KeySet::parse(json::serialize(text));
  REQUIRE(again.has_value());
  CHECK(again->size() == 2);
  CHECK(again->find(first.kid()));
  CHECK(again->find(second.kid()));
  CHECK_FALSE(again->find("other"));
}

TEST_CASE("what is no key set is refused", "[auth][keys]") {
  for (const auto* text : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[],"keys":[]})", "null"}) {
    INFO(text);
    CHECK_FALSE(KeySet::parse(text).has_value());
  }
  const json::array twice{rfc7515_key(), rfc7515_key()};
  CHECK_FALSE(KeySet::parse(json::serialize(json::object{{"keys", twice}})).has_value());
  CHECK(KeySet::parse(R"({"keys":[]})").value().size() == 0);
}
