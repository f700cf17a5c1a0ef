// Access tokens: those of our own are taken, all others are refused for the reason that is theirs.
#include "libs/auth/tokens.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include "libs/auth/secrets.hpp"
#include "libs/core/base64.hpp"
#include "tests/unit/auth/one_key.hpp"

using namespace waybill;
using namespace waybill::auth;
using namespace waybill::auth::test;
namespace json = boost::json;

namespace {

const TokenRules kRules;

Claims claims() {
  return {new_id(), {Role::customer, Role::staff},   kNow,
          kNow,     kNow + std::chrono::minutes{30}, new_id(),
          new_id()};
}

json::object header() {
  return {{"alg", "ES256"}, {"typ", "at+jwt"}, {"kid", key().kid()}};
}

json::object payload() {
  const std::string text = sign_token(claims(), kRules, key());
  const std::size_t first = text.find('.') + 1;
  return json::parse(
             base64url_decode(std::string_view{text}.substr(first, text.find('.', first) - first))
                 .value())
      .as_object();
}

// Any two texts as a rightly signed token.
std::string sign_texts(std::string_view head, std::string_view body) {
  const std::string text = base64url_encode(head) + '.' + base64url_encode(body);
  return text + '.' + base64url_encode(key().sign(text));
}

std::string sign(const json::object& head, const json::object& body) {
  return sign_texts(json::serialize(head), json::serialize(body));
}

std::string verdict(std::string_view token, Instant now = kNow) {
  const Verified verified = verify_token(token, keys(), kRules, now);
  const auto* reason = std::get_if<Rejection>(&verified);
  return reason ? std::string{to_string(*reason)} : "accepted";
}

json::object with(json::object object, std::string_view name, json::value value) {
  object[name] = std::move(value);
  return object;
}

}  // namespace

TEST_CASE("a token says who may do what", "[auth][tokens]") {
  const Claims given = claims();
  const Verified verified =
      verify_token(sign_token(given, kRules, key()), keys(), kRules, kNow + seconds{60});
  REQUIRE(std::holds_alternative<Claims>(verified));
  CHECK(std::get<Claims>(verified) == given);
  CHECK(std::get<Claims>(verified).caller() == Caller{given.user, Role::staff});
}

TEST_CASE("a token is what RFC 9068 says", "[auth][tokens]") {
  const std::string text = sign_token(claims(), kRules, key());
  const auto head =
      json::parse(base64url_decode(std::string_view{text}.substr(0, text.find('.'))).value());
  CHECK(head == json::value(header()));
  const json::object body = payload();
  CHECK(body.size() == 9);
  CHECK(body.at("iss") == json::value("waybill"));
  CHECK(body.at("aud") == json::value("waybill-api"));
  CHECK(body.at("roles") == json::value(json::array{"customer", "staff"}));
  CHECK(body.at("exp").as_int64() - body.at("iat").as_int64() == 1800);
}

TEST_CASE("clocks may differ by five seconds and no more", "[auth][tokens]") {
  const Claims given = claims();
  const std::string text = sign_token(given, kRules, key());
  CHECK(verdict(text, given.not_before - seconds{6}) == "not_yet_valid");
  CHECK(verdict(text, given.not_before - seconds{5}) == "accepted");
  CHECK(verdict(text, given.expires_at + milliseconds{4'999}) == "accepted");
  CHECK(verdict(text, given.expires_at + seconds{5}) == "expired");
}

TEST_CASE("hostile headers are refused, whoever signed them", "[auth][tokens]") {
  const json::object jwk = key().public_key().to_jwk();
  struct Row {
    json::object header;
    std::string verdict;
  };
  const std::vector<Row> rows{
      {header(), "accepted"},
      {{}, "algorithm"},
      {with(header(), "alg", "none"), "algorithm"},
      {with(header(), "alg", "None"), "algorithm"},
      {with(header(), "alg", "es256"), "algorithm"},
      {with(header(), "alg", "HS256"), "algorithm"},
      {with(header(), "alg", "ES384"), "algorithm"},
      {with(header(), "alg", json::array{"ES256"}), "algorithm"},
      {with(header(), "alg", nullptr), "algorithm"},
      {with(header(), "typ", "JWT"), "type"},
      {with(header(), "typ", "AT+JWT"), "type"},
      {with(header(), "typ", "application/at+jwt"), "type"},
      {with(header(), "typ", nullptr), "type"},
      {with(header(), "crit", json::array{}), "critical"},
      {with(header(), "crit", json::array{"exp"}), "critical"},
      {with(header(), "b64", false), "accepted"},  // without crit it means nothing
      {with(header(), "jwk", jwk), "embedded_key"},
      {with(header(), "jku", "https://evil.example/jwks.json"), "embedded_key"},
      {with(header(), "x5u", "https://evil.example/cert.pem"), "embedded_key"},
      {with(header(), "x5c", json::array{"MII"}), "embedded_key"},
      {with(header(), "kid", "another"), "unknown_key"},
      {with(header(), "kid", "../../dev/null"), "unknown_key"},
      {with(header(), "kid", 1), "unknown_key"},
      {with(header(), "kid", ""), "unknown_key"},
  };
  for (const Row& row : rows) {
    INFO(json::serialize(row.header));
    CHECK(verdict(sign(row.header, payload())) == row.verdict);
  }
}

TEST_CASE("hostile claims are refused, whoever signed them", "[auth][tokens]") {
  struct Row {
    const char* name;
    json::value value;
    std::string verdict;
  };
  const std::int64_t second = to_unix_millis(kNow) / 1000;
  const std::vector<Row> rows{
      {"iss", "another", "issuer"},
      {"iss", nullptr, "issuer"},
      {"iss", json::array{"waybill"}, "issuer"},
      {"aud", "another", "audience"},
      {"aud", json::array{"waybill-api"}, "audience"},
      {"sub", "ada", "claims"},
      {"sub", 7, "claims"},
      {"jti", "", "claims"},
      {"sid", "7", "claims"},
      {"roles", json::array{}, "claims"},
      {"roles", "ops", "claims"},
      {"roles", json::array{"root"}, "claims"},
      {"roles", json::array{"nobody"}, "claims"},
      {"roles", json::array{""}, "claims"},
      {"roles", json::array{"ops", "ops"}, "claims"},
      {"roles", json::array{"ops", 1}, "claims"},
      {"exp", "1800000060", "claims"},
      {"exp", 1.8e9 + 60.5, "claims"},
      {"exp", -1, "claims"},
      {"exp", 9'223'372'036'854'775'807, "claims"},
      {"exp", 1e300, "claims"},
      {"exp", 0, "expired"},
      {"exp", second, "accepted"},
      {"nbf", second + 60, "not_yet_valid"},
      {"iat", true, "claims"},
      {"scope", "anything else", "accepted"},
  };
  for (const Row& row : rows) {
    INFO(row.name << " = " << json::serialize(row.value));
    CHECK(verdict(sign(header(), with(payload(), row.name, row.value))) == row.verdict);
  }
}

TEST_CASE("every claim must be there", "[auth][tokens]") {
  for (const auto* name : {"iss", "aud", "sub", "roles", "iat", "nbf", "exp", "jti", "sid"}) {
    json::object body = payload();
    body.erase(name);
    INFO(name);
    CHECK(verdict(sign(header(), body)) != "accepted");
  }
}

TEST_CASE("a member that stands twice is refused, signed or not", "[auth][tokens]") {
  const std::string head = json::serialize(header()), body = json::serialize(payload());
  const auto doubled = [](std::string text, std::string_view member) {
    return text.insert(1, std::string{member} + ',');
  };
  CHECK(verdict(sign_texts(head, body)) == "accepted");
  CHECK(verdict(sign_texts(doubled(head, R"("alg":"ES256")"), body)) == "malformed");
  CHECK(verdict(sign_texts(doubled(head, R"("alg":"none")"), body)) == "malformed");
  CHECK(verdict(sign_texts(head, doubled(body, R"("roles":["ops"])"))) == "malformed");
  CHECK(verdict(sign_texts(head, doubled(body, R"("\u0073ub":"x")"))) == "malformed");
}

TEST_CASE("what is no token is refused", "[auth][tokens]") {
  const std::string good = sign_token(claims(), kRules, key());
  const std::size_t first = good.find('.'), second = good.rfind('.');
  const std::string head = good.substr(0, first);
  const std::string body = good.substr(first + 1, second - first - 1);
  const std::string signature = good.substr(second + 1);
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", "malformed"},
      {".", "malformed"},
      {"..", "malformed"},
      {"a.b.c", "malformed"},
      {head + '.' + body, "malformed"},
      {good + '.', "malformed"},
      {good + ".AAAA", "malformed"},
      {' ' + good, "malformed"},
      {good + ' ', "malformed"},
      {good + '=', "malformed"},
      {good + '\n', "malformed"},
      {head + '.' + body + '.', "signature"},
      {head + '.' + body + ".AAAA", "signature"},
      {head + '.' + body + '.' + std::string(86, 'A'), "signature"},
      {head + "..", "signature"},
      {head + '.' + body + 'A' + '.' + signature, "signature"},
      {body + '.' + head + '.' + signature, "algorithm"},
      {sign_texts("[]", "{}"), "malformed"},
      {sign_texts("{}x", "{}"), "malformed"},
      {sign_texts(json::serialize(header()), "[]"), "malformed"},
      {sign_texts(json::serialize(header()), ""), "malformed"},
      {sign_texts(json::serialize(header()), "{\"a\":\"\xff\"}"), "malformed"},
      {sign_texts(json::serialize(header()), "{}"), "issuer"},
      {std::string(most_token_bytes + 1, 'a'), "too_long"},
      {good + std::string(most_token_bytes, 'A'), "too_long"},
      {sign_texts(json::serialize(header()), std::string(1'000, '[')), "malformed"},
  };
  for (const auto& [text, expected] : rows) {
    INFO(text.substr(0, 100));
    CHECK(verdict(text) == expected);
  }
}

TEST_CASE("a signature of another key, or of the ASN.1 form, is wrong", "[auth][tokens]") {
  const SigningKey other = SigningKey::generate();
  const std::string text =
      base64url_encode(json::serialize(header())) + '.' + base64url_encode("{}");
  CHECK(verdict(text + '.' + base64url_encode(other.sign(text))) == "signature");
  CHECK(verdict(sign_token(claims(), kRules, other)) == "unknown_key");
  const std::string raw = key().sign(text);
  const std::string der = "\x30\x44\x02\x20" + raw.substr(0, 32) + "\x02\x20" + raw.substr(32);
  CHECK(verdict(text + '.' + base64url_encode(der)) == "signature");
}

TEST_CASE("a token signed with the public key as a shared secret is refused", "[auth][tokens]") {
  const std::string jwk = json::serialize(key().public_key().to_jwk());
  for (const char* algorithm : {"HS256", "ES256"}) {
    const std::string text = base64url_encode(json::serialize(with(header(), "alg", algorithm))) +
                             '.' + base64url_encode(json::serialize(payload()));
    const std::string mac = keyed_digest(config::Secret{jwk}, text);
    INFO(algorithm);
    CHECK(verdict(text + '.' + base64url_encode(mac)) != "accepted");
  }
}

TEST_CASE("no change of one character goes unseen", "[auth][tokens]") {
  const std::string good = sign_token(claims(), kRules, key());
  CHECK(rc::check([&] {
    std::string other = good;
    other[*rc::gen::inRange<std::size_t>(0, good.size())] = *rc::gen::arbitrary<char>();
    RC_PRE(other != good);
    RC_ASSERT(verdict(other) != "accepted");
  }));
}

TEST_CASE("whatever claims are signed come back", "[auth][tokens]") {
  CHECK(rc::check([] {
    Claims given = claims();
    given.issued_at = Instant{seconds{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000)}};
    given.not_before = given.issued_at;
    given.expires_at = given.issued_at + seconds{*rc::gen::inRange(1, 100'000)};
    const auto size = *rc::gen::inRange<std::size_t>(1, 4);
    given.roles = {Role::ops, Role::customer, Role::staff};
    given.roles.resize(size);
    const Verified verified =
        verify_token(sign_token(given, kRules, key()), keys(), kRules, given.issued_at);
    RC_ASSERT(std::get<Claims>(verified) == given);
  }));
}
