#include <catch2/catch.hpp>

#include "libs/auth/tokens.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/testing/testing.hpp"
#include "tests/integration/gateway/fixture.hpp"
#include "waybill/identity/v1/events.pb.h"

using namespace waybill;
using namespace waybill::gateway;
using namespace std::chrono_literals;
using testing::eventually;

namespace {

constexpr const char* kKeys = "/v1/auth/jwks.json";

Settings enforced() {
  Settings settings;
  settings.limit_texts["default"] = settings.limit_texts["orders"] = "off";
  settings.limit_texts["users"] = "off";
  return settings;
}

auth::Claims claims_of(const Id& user, std::vector<Role> roles = {Role::customer}) {
  const Instant at = std::chrono::floor<std::chrono::seconds>(now());
  return {user, std::move(roles), at, at, at + 30min, new_id(), new_id()};
}

// A gateway that takes tokens, and an identity service that the test plays.
class Guarded {
 public:
  explicit Guarded(Settings settings = enforced()) : platform{std::move(settings)} {
    publish({key});
    const std::string known = R"("name":"token-keys","ok":true)";
    REQUIRE(
        eventually(5s, [&] { return platform.health.to_json().find(known) != std::string::npos; }));
  }

  void publish(const std::vector<auth::SigningKey>& keys) {
    auth::KeySet set;
    for (const auto& one : keys) set.add(one.public_key());
    platform.upstream.put(kKeys, {200, "application/json", set.to_json()});
    platform.upstream.put("/v1/orders", {200, "application/json", R"({"items":[],"next":null})"});
  }

  std::string sign(const auth::Claims& claims) const { return sign_token(claims, {}, key); }
  std::string token_of(const Id& user, std::vector<Role> roles = {Role::customer}) const {
    return sign(claims_of(user, std::move(roles)));
  }

  web::Response ask(const std::string& method, const std::string& path, const std::string& token) {
    if (token.empty()) return platform.ask(method, path);
    return platform.ask(method, path, "", {{"Authorization", "Bearer " + token}});
  }
  std::string caller() {
    return std::string{platform.upstream.last_headers().get("Waybill-Caller")};
  }

  auth::SigningKey key = auth::SigningKey::generate();
  Platform platform;
};

int rejected(const std::string& reason) {
  const std::string text = metrics::exposition();
  const std::string name = "auth_tokens_rejected_total{reason=\"" + reason + "\"} ";
  const auto at = text.find(name);
  return at == std::string::npos ? 0 : std::stoi(text.substr(at + name.size()));
}

void tell(Platform& platform, const google::protobuf::Message& message, const Id& user) {
  messaging::Event event;
  event.topic = "waybill.users";
  event.key = user.to_string();
  event.value = message.SerializeAsString();
  event.headers["ce_type"] = message.GetTypeName();
  event.timestamp_ms = to_unix_millis(now());
  platform.kafka->make_producer("identity")->produce(std::array{event});
}

identity::v1::SessionsRevoked revoked(const Id& user) {
  identity::v1::SessionsRevoked event;
  event.set_user_id(user.to_string());
  event.set_revoked_at(to_rfc3339(now()));
  event.set_until(to_rfc3339(now() + 30min));
  return event;
}

}  // namespace

TEST_CASE("a caller is who the token says, with the highest of the roles", "[gateway][tokens]") {
  Guarded guarded;
  CHECK(guarded.ask("GET", "/v1/orders", guarded.token_of(kAnna)).status == 200);
  CHECK(guarded.caller() == "customer " + kAnna.to_string());
  guarded.ask("GET", "/v1/orders", guarded.token_of(kBert, {Role::customer, Role::ops}));
  CHECK(guarded.caller() == "ops " + kBert.to_string());
  const auto nobody = guarded.ask("GET", "/v1/orders", "");
  CHECK(nobody.status == 401);
  CHECK(nobody.headers.get("WWW-Authenticate") == "Bearer");
  CHECK_FALSE(nobody.headers.has("Waybill-Access"));
}

TEST_CASE("with tokens enforced the headers of the open mode mean nothing", "[gateway][tokens]") {
  Guarded guarded;
  const auto response = guarded.platform.ask(
      "GET", "/v1/orders", "", {{"Waybill-User", kAnna.to_string()}, {"Waybill-Role", "ops"}});
  CHECK(response.status == 401);
  guarded.platform.ask("GET", "/v1/orders", "",
                       {{"Authorization", "Bearer " + guarded.token_of(kBert)},
                        {"Waybill-User", kAnna.to_string()},
                        {"Waybill-Role", "ops"}});
  CHECK(guarded.caller() == "customer " + kBert.to_string());
}

TEST_CASE("a bad token is refused, on public routes too, and only the log knows why",
          "[gateway][tokens]") {
  Guarded guarded;
  const int before = rejected("signature");
  auto token = guarded.token_of(kAnna);
  token.back() = token.back() == 'A' ? 'Q' : 'A';
  const auto response = guarded.ask("GET", "/v1/products", token);
  CHECK(response.status == 401);
  CHECK(response.headers.get("WWW-Authenticate") == R"(Bearer error="invalid_token")");
  CHECK(response.body.find("signature") == std::string::npos);
  CHECK(rejected("signature") == before + 1);

  auto old = claims_of(kAnna);
  old.issued_at = old.not_before = old.issued_at - 1h;
  old.expires_at = old.issued_at + 30min;
  CHECK(guarded.ask("GET", "/v1/orders", guarded.sign(old)).status == 401);
  CHECK(guarded.platform.ask("GET", "/v1/orders", "", {{"Authorization", "Basic YTpi"}}).status ==
        401);
  CHECK(guarded.ask("GET", "/v1/orders?access_token=" + guarded.token_of(kAnna), "").status == 401);
}

TEST_CASE("a bad token is refused in mode open too, a good one counts", "[gateway][tokens]") {
  Guarded guarded{for_trials()};
  CHECK(guarded.ask("GET", "/v1/orders", "x").status == 401);
  guarded.ask("GET", "/v1/orders", guarded.token_of(kAnna));
  CHECK(guarded.caller() == "customer " + kAnna.to_string());
}

TEST_CASE("an unknown key is asked for once, however many tokens bring one", "[gateway][tokens]") {
  Guarded guarded;
  const auto fresh = auth::SigningKey::generate();
  guarded.publish({guarded.key, fresh});
  const int asked = guarded.platform.upstream.asked(kKeys);
  CHECK(guarded.ask("GET", "/v1/orders", sign_token(claims_of(kAnna), {}, fresh)).status == 200);
  CHECK(guarded.platform.upstream.asked(kKeys) == asked + 1);
  for (int i = 0; i < 5; ++i) {
    const auto foreign = auth::SigningKey::generate();
    CHECK(guarded.ask("GET", "/v1/orders", sign_token(claims_of(kAnna), {}, foreign)).status ==
          401);
  }
  CHECK(guarded.platform.upstream.asked(kKeys) == asked + 1);  // within ten seconds
}

TEST_CASE("before any key is known a token can't be judged", "[gateway][tokens]") {
  Settings settings = enforced();
  settings.upstreams["identity"] = "127.0.0.1:1";
  Platform platform{settings};
  const auto token = sign_token(claims_of(kAnna), {}, auth::SigningKey::generate());
  const auto response =
      platform.ask("GET", "/v1/orders", "", {{"Authorization", "Bearer " + token}});
  CHECK(response.status == 503);
  CHECK(platform.health.to_json().find(R"("name":"token-keys","ok":false)") != std::string::npos);
}

namespace {

// With an id of its own for each parameter.
std::string some_path(const contract::Operation& operation) {
  std::string path;
  std::string_view rest = operation.path;
  for (auto open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
    path += std::string{rest.substr(0, open)} + new_id().to_string();
    rest.remove_prefix(rest.find('}') + 1);
  }
  return path + std::string{rest};
}

struct BadToken {
  std::string what;
  std::string text;
};

// Of ops, who might do everything.
std::vector<BadToken> bad_tokens(const Guarded& guarded, const std::string& revoked) {
  const auto changed = [&](const char* what, const std::function<void(auth::Claims&)>& change) {
    auth::Claims claims = claims_of(kAnna, {Role::ops});
    change(claims);
    return BadToken{what, guarded.sign(claims)};
  };
  const auto claims = claims_of(kAnna, {Role::ops});
  auth::TokenRules other_audience, other_issuer;
  other_audience.audience = "another-api";
  other_issuer.issuer = "another";
  return {changed("expired",
                  [](auth::Claims& old) {
                    old.issued_at = old.not_before = old.issued_at - 1h;
                    old.expires_at = old.issued_at + 30min;
                  }),
          changed("not valid yet", [](auth::Claims& early) { early.not_before += 10min; }),
          {"revoked", revoked},
          {"wrong audience", sign_token(claims, other_audience, guarded.key)},
          {"wrong issuer", sign_token(claims, other_issuer, guarded.key)},
          {"foreign key", sign_token(claims, {}, auth::SigningKey::generate())},
          {"no token", "x"}};
}

}  // namespace

TEST_CASE("no operation takes a token that is not good, whatever it is asked for",
          "[gateway][tokens]") {
  Guarded guarded;
  const Id user = new_id();
  const std::string ended = guarded.token_of(user, {Role::ops});
  tell(guarded.platform, revoked(user), user);
  REQUIRE(eventually(2s, [&] { return guarded.ask("GET", "/v1/orders", ended).status == 401; }));
  const std::vector<BadToken> tokens = bad_tokens(guarded, ended);
  const auto contract = contract::Contract::load_folder("services");
  for (const contract::Operation* operation : contract.operations()) {
    const std::string path = some_path(*operation);
    for (const BadToken& token : tokens) {
      INFO(token.what << ": " << operation->method << ' ' << operation->path);
      const auto response = guarded.ask(operation->method, path, token.text);
      CHECK(response.status == 401);
      CHECK(response.headers.get("WWW-Authenticate") == R"(Bearer error="invalid_token")");
      CHECK(member(response, "code") ==
            (operation->lenient ? "UNAUTHENTICATED" : "unauthenticated"));
      if (path != kKeys) CHECK(guarded.platform.upstream.asked(path) == 0);
    }
  }
}

TEST_CASE("a revoked token is refused within two seconds, although it was used before",
          "[gateway][tokens]") {
  Guarded guarded;
  const Id user = new_id();
  const auto claims = claims_of(user);
  const std::string token = guarded.sign(claims);
  auto other = claims_of(user);
  const std::string other_token = guarded.sign(other);
  REQUIRE(guarded.ask("GET", "/v1/orders", token).status == 200);

  auto event = revoked(user);
  event.set_jti(claims.token.to_string());
  tell(guarded.platform, event, user);
  CHECK(eventually(2s, [&] { return guarded.ask("GET", "/v1/orders", token).status == 401; }));
  CHECK(guarded.ask("GET", "/v1/orders", other_token).status == 200);

  tell(guarded.platform, revoked(user), user);
  CHECK(
      eventually(2s, [&] { return guarded.ask("GET", "/v1/orders", other_token).status == 401; }));
  CHECK(guarded.ask("GET", "/v1/orders", guarded.token_of(kAnna)).status == 200);
}

TEST_CASE("the tokens of a deleted user are refused", "[gateway][tokens]") {
  Guarded guarded;
  const Id user = new_id();
  const std::string token = guarded.token_of(user);
  REQUIRE(guarded.ask("GET", "/v1/orders", token).status == 200);
  identity::v1::UserDeleted deleted;
  deleted.set_id(user.to_string());
  tell(guarded.platform, deleted, user);
  CHECK(eventually(2s, [&] { return guarded.ask("GET", "/v1/orders", token).status == 401; }));
}

TEST_CASE("a customer is limited by name, from wherever he calls", "[gateway][tokens]") {
  Settings settings;
  settings.limit_texts["orders"] = "2/60";
  settings.limit_texts["default"] = "off";
  Guarded guarded{settings};
  const Id user = new_id();
  for (int i = 0; i < 2; ++i) {
    CHECK(guarded.ask("GET", "/v1/orders", guarded.token_of(user)).status == 200);
  }
  const auto refused = guarded.ask("GET", "/v1/orders", guarded.token_of(user));
  CHECK(refused.status == 429);
  CHECK(refused.headers.get("RateLimit-Policy") == R"("orders";q=2;w=60)");
  const auto staff = guarded.token_of(new_id(), {Role::customer, Role::staff});
  for (int i = 0; i < 4; ++i) CHECK(guarded.ask("GET", "/v1/orders", staff).status == 200);
}

TEST_CASE("a stream ends with the session of its caller", "[gateway][tokens]") {
  Guarded guarded;
  const Id user = new_id();
  const Id order = new_id();
  web::Response state{200, "application/json", order_json(order, 2, "CONFIRMED")};
  state.headers.add("ETag", "\"2\"");
  state.headers.add("Waybill-Owner", user.to_string());
  const std::string path = "/v1/orders/" + order.to_string();
  guarded.platform.upstream.put(path, state);
  const std::string token = guarded.token_of(user);
  EventStream stream{guarded.platform.port(), path + "/events",
                     "Authorization: Bearer " + token + "\r\n"};
  REQUIRE(stream.read_until("id: 2").find("id: 2") != std::string::npos);
  tell(guarded.platform, revoked(user), user);
  REQUIRE(eventually(2s, [&] { return guarded.ask("GET", "/v1/orders", token).status == 401; }));
  guarded.platform.tell_order(order, 3, "PAID");
  const std::string all = stream.read_until("\r\n0\r\n\r\n");  // the end of the answer
  CHECK(all.find("\r\n0\r\n\r\n") != std::string::npos);
  CHECK(all.find("id: 3") == std::string::npos);
}
