// Accounts, tokens and sessions over the direct API, against a real database.
#include <catch2/catch.hpp>

#include "libs/metrics/metrics.hpp"
#include "tests/integration/identity/process.hpp"

using namespace waybill;
using namespace waybill::identity;
using namespace waybill::identity::test;
namespace json = boost::json;

namespace {

std::string code_of(const web::Response& response) {
  return text_of(json_of(response), "code");
}
std::string error_of(const web::Response& response) {
  return text_of(json_of(response), "error");
}
std::string pointer_of(const web::Response& response) {
  const auto body = json_of(response);
  return std::string{body.at("errors").at(0).at("pointer").as_string()};
}

// How often passwords were hashed or verified so far.
std::string hash_count() {
  const std::string all = metrics::exposition();
  const std::size_t at = all.find("auth_hash_seconds_count");
  return all.substr(at, all.find('\n', at) - at);
}

std::int64_t count(Process& process, const pg::Statement& statement, const Id& id) {
  pg::Session session{process.connection()};
  return session.exec(statement, id)[0].integer(0);
}

constexpr pg::Statement count_open_sessions{
    "count_open_sessions", "SELECT count(*) FROM session WHERE user_id = $1 AND ended_at IS NULL"};

}  // namespace

TEST_CASE("who registers is a customer, is told as a user, and can sign in", "[auth]") {
  Process process;
  const std::string email = fresh_email();
  json::object body = registration(email);
  body["description"] = "countess";
  const auto response = process.post("/v1/auth/register", body);
  REQUIRE(response.status == 201);
  const auto user = json_of(response);
  CHECK(response.headers.get("Location") == "/v1/users/" + text_of(user, "id"));
  CHECK(response.headers.get("ETag") == "\"1\"");
  CHECK(text_of(user, "email") == email);
  CHECK(text_of(user, "username") == email);
  CHECK(user.at("roles") == json::value(json::array{"customer"}));
  CHECK(user.size() == 8);

  const auto token = sign_in(process, email);
  REQUIRE(token.status == 200);
  CHECK(token.headers.get("Cache-Control") == "no-store");
  const auto members = json_of(token);
  CHECK(text_of(members, "token_type") == "Bearer");
  CHECK(members.at("expires_in").as_int64() == 1800);
  CHECK(members.at("refresh_expires_in").as_int64() == 30 * 24 * 3600);
  const auth::Claims claims = claims_of(process, text_of(members, "access_token"));
  CHECK(claims.user.to_string() == text_of(user, "id"));
  CHECK(claims.roles == std::vector{Role::customer});
  CHECK(claims.expires_at - claims.issued_at == std::chrono::minutes{30});
}

TEST_CASE("one signs in by e-mail or username, in any case, as `username` or `email`", "[auth]") {
  Process process;
  const std::string email = fresh_email(), name = fresh_name("Ada");
  json::object body = registration(email);
  body["username"] = name;
  REQUIRE(process.post("/v1/auth/register", body).status == 201);
  std::string shouted = email;
  for (char& c : shouted) c = static_cast<char>(std::toupper(c));
  CHECK(sign_in(process, shouted).status == 200);
  CHECK(sign_in(process, name).status == 200);
  CHECK(process.post("/v1/auth/token", {{"email", email}, {"password", kPassword}}).status == 200);
  CHECK(process
            .post("/v1/auth/token",
                  {{"grant_type", "password"}, {"username", email}, {"password", kPassword}})
            .status == 200);
}

TEST_CASE("registrations that can't be are refused with what is wrong", "[auth]") {
  Process process;
  const Account taken = register_somebody(process);
  const auto again = process.post("/v1/auth/register", registration(taken.email));
  CHECK(again.status == 409);
  CHECK(code_of(again) == "already-exists");
  CHECK(text_of(json_of(again), "field") == "email");

  const std::string email = fresh_email();
  const auto pointer = [&](const json::object& body) {
    return pointer_of(process.post("/v1/auth/register", body));
  };
  CHECK(pointer(registration(email, "1234567")) == "/password");
  CHECK(pointer(registration(email, std::string(257, 'x'))) == "/password");
  CHECK(pointer(registration(email, email)) == "/password");
  CHECK(pointer({{"email", email}}) == "/password");
  CHECK(pointer({{"password", kPassword}}) == "/email");
  json::object foreign = registration(email);
  foreign["username"] = fresh_email();
  CHECK(pointer(foreign) == "/username");
  // Characters, not bytes.
  CHECK(process.post("/v1/auth/register", registration(email, "пароль密码")).status == 201);
}

TEST_CASE("of two who register one e-mail at once, one gets it", "[auth]") {
  Process first, second;
  for (int round = 0; round < 5; ++round) {
    const auto body = registration(fresh_email());
    auto one = first.start("/v1/auth/register", body);
    auto other = second.start("/v1/auth/register", body);
    const std::multiset<int> statuses{one.get().status, other.get().status};
    CHECK(statuses == std::multiset<int>{201, 409});
  }
}

TEST_CASE("a registration with a key happens once, whoever dies on the way", "[auth]") {
  Process process, another;
  const auto body = registration(fresh_email());
  const Fields key{{"Idempotency-Key", fresh_name("key")}};
  process.dies_after_commit = true;
  CHECK(process.post("/v1/auth/register", body, {}, key).status == 503);
  const auto repeat = another.post("/v1/auth/register", body, {}, key);
  CHECK(repeat.status == 201);
  CHECK(process.post("/v1/auth/register", body, {}, key).body == repeat.body);
  const auto other = process.post("/v1/auth/register", registration(fresh_email()), {}, key);
  CHECK(other.status == 422);
  CHECK(code_of(other) == "idempotency-mismatch");
  // Somebody else's key of the same name is another one.
  const Account stranger = register_somebody(process);
  CHECK(process.post("/v1/auth/register", body, stranger.caller(), key).status == 409);
}

TEST_CASE("wrong password, unknown, passwordless and deleted account can't be told apart",
          "[auth]") {
  Process process;
  Worker worker;
  const Account account = register_somebody(process), deleted = register_somebody(process);
  const std::string passwordless = fresh_name();
  create(worker, passwordless);
  v1::DeleteUser deletion;
  deletion.set_user_id(deleted.id.to_string());
  worker.run_one(commands::DeleteUsers{process.policy}, deletion);

  std::set<std::string> bodies;
  for (const std::string& name : {account.email, fresh_email(), passwordless, deleted.email}) {
    INFO(name);
    const std::string before = hash_count();
    const auto refused = sign_in(process, name, "a wrong password");
    CHECK(refused.status == 401);
    CHECK(code_of(refused) == "invalid-credentials");
    CHECK(error_of(refused) == "invalid_grant");
    CHECK(refused.headers.get("WWW-Authenticate") == "Bearer");
    CHECK(hash_count() != before);  // the time goes into one verification
    bodies.insert(refused.body);
  }
  CHECK(bodies.size() == 1);
}

TEST_CASE("token requests that make no sense get OAuth's errors", "[auth]") {
  Process process;
  struct Row {
    json::object body;
    std::string error;
  };
  const std::vector<Row> rows{
      {{{"grant_type", "client_credentials"}}, "unsupported_grant_type"},
      {{{"grant_type", ""}}, "unsupported_grant_type"},
      {{{"grant_type", "refresh_token"}}, "invalid_request"},
      {{{"grant_type", "password"}, {"username", "ada"}}, "invalid_request"},
      {{{"password", "ada"}}, "invalid_request"},
      {{{"note", "nothing else"}}, "invalid_request"},
      {{{"username", 7}, {"password", "x"}}, "invalid_request"},
  };
  for (const Row& row : rows) {
    INFO(json::serialize(row.body));
    const auto refused = process.post("/v1/auth/token", row.body);
    CHECK(refused.status == 400);
    CHECK(error_of(refused) == row.error);
    CHECK(refused.headers.get("Cache-Control") == "no-store");
  }
}

TEST_CASE("a refresh token is good for one use and gives the next pair of its login", "[auth]") {
  Process process;
  const Account account = register_somebody(process);
  const Pair first = pair_of(sign_in(process, account.email));
  const auto response = refresh(process, first.refresh);
  REQUIRE(response.status == 200);
  const Pair second = pair_of(response);
  CHECK(second.refresh != first.refresh);
  const auto before = claims_of(process, first.access), after = claims_of(process, second.access);
  CHECK(after.session == before.session);
  CHECK(after.token != before.token);
  CHECK(refresh(process, second.refresh).status == 200);
}

TEST_CASE("a refresh token that comes again ends its login and no other", "[auth]") {
  Process process;
  const Account account = register_somebody(process);
  const Pair other = pair_of(sign_in(process, account.email));
  const Pair first = pair_of(sign_in(process, account.email));
  const Pair second = pair_of(refresh(process, first.refresh));
  const auto reused = refresh(process, first.refresh);
  CHECK(reused.status == 401);
  CHECK(error_of(reused) == "invalid_grant");
  CHECK(refresh(process, second.refresh).status == 401);
  const auto told = revocations(process, account.id);
  REQUIRE(told.size() == 1);
  CHECK(told[0].family() == claims_of(process, first.access).session.to_string());
  CHECK_FALSE(told[0].has_jti());
  CHECK(parse_rfc3339(told[0].until()) > now() + std::chrono::minutes{29});
  CHECK(refresh(process, other.refresh).status == 200);
}

TEST_CASE("of two who use one refresh token at once, one wins and the login ends", "[auth]") {
  Process first, second;
  const Account account = register_somebody(first);
  for (int round = 0; round < 5; ++round) {
    const json::object body{{"grant_type", "refresh_token"},
                            {"refresh_token", pair_of(sign_in(first, account.email)).refresh}};
    auto one = first.start("/v1/auth/token", body);
    auto other = second.start("/v1/auth/token", body);
    const web::Response results[] = {one.get(), other.get()};
    const std::multiset<int> statuses{results[0].status, results[1].status};
    CHECK(statuses == std::multiset<int>{200, 401});
    const auto& winner = results[0].status == 200 ? results[0] : results[1];
    CHECK(refresh(first, pair_of(winner).refresh).status == 401);
  }
}

TEST_CASE("refresh tokens that are unknown or expired are refused", "[auth]") {
  Policy policy = test_policy();
  policy.refresh_life = milliseconds{0};
  Process process{policy};
  const Account account = register_somebody(process);
  const Pair expired = pair_of(sign_in(process, account.email));
  for (const std::string& token :
       {expired.refresh, expired.access, std::string{"x"}, std::string{}, std::string(43, 'A')}) {
    CHECK(refresh(process, token).status == 401);
  }
  CHECK(revocations(process, account.id).empty());
}

TEST_CASE("revoking a refresh token ends its login, an access token only itself", "[auth]") {
  Process process;
  const Account account = register_somebody(process);
  const Pair pair = pair_of(sign_in(process, account.email));
  const auth::Claims claims = claims_of(process, pair.access);

  CHECK(process.post("/v1/auth/revoke", {{"token", pair.access}}).status == 200);
  auto told = revocations(process, account.id);
  REQUIRE(told.size() == 1);
  CHECK(told[0].jti() == claims.token.to_string());
  CHECK_FALSE(told[0].has_family());
  const Pair next = pair_of(refresh(process, pair.refresh));

  CHECK(
      process
          .post("/v1/auth/revoke", {{"token", next.refresh}, {"token_type_hint", "refresh_token"}})
          .status == 200);
  told = revocations(process, account.id);
  REQUIRE(told.size() == 2);
  CHECK(told[1].family() == claims.session.to_string());
  CHECK(refresh(process, next.refresh).status == 401);

  CHECK(process.post("/v1/auth/revoke", {{"token", next.refresh}}).status == 200);
  CHECK(process.post("/v1/auth/revoke", {{"token", "never heard of"}}).status == 200);
  CHECK(revocations(process, account.id).size() == 2);
  CHECK(error_of(process.post("/v1/auth/revoke", {{"tokens", "x"}})) == "invalid_request");
}

TEST_CASE("another password ends all sessions, but not those that begin right after it", "[auth]") {
  Process process;
  const Account account = register_somebody(process);
  const Pair before = pair_of(sign_in(process, account.email));
  const json::object change{{"current_password", kPassword}, {"new_password", "another password"}};
  CHECK(process.post("/v1/auth/password", change, account.caller()).status == 204);
  CHECK(refresh(process, before.refresh).status == 401);
  CHECK(sign_in(process, account.email).status == 401);
  const auto signed_in = sign_in(process, account.email, "another password");
  REQUIRE(signed_in.status == 200);

  const auto told = revocations(process, account.id);
  REQUIRE(told.size() == 1);
  CHECK_FALSE(told[0].has_family());
  CHECK_FALSE(told[0].has_jti());
  const Instant at = parse_rfc3339(told[0].revoked_at()).value();
  CHECK(claims_of(process, before.access).issued_at <= at);
  CHECK(claims_of(process, pair_of(signed_in).access).issued_at > at);

  // And once more within the same second.
  const json::object back{{"current_password", "another password"}, {"new_password", kPassword}};
  CHECK(process.post("/v1/auth/password", back, account.caller()).status == 204);
  const Instant later = parse_rfc3339(revocations(process, account.id)[1].revoked_at()).value();
  CHECK(claims_of(process, pair_of(signed_in).access).issued_at <= later);
  CHECK(claims_of(process, pair_of(sign_in(process, account.email)).access).issued_at > later);
}

TEST_CASE("a password is changed by who knows it, to one that is allowed", "[auth]") {
  Process process;
  const Account account = register_somebody(process);
  const auto change = [&](const std::string& current, const std::string& next,
                          const Caller& caller) {
    return process.post("/v1/auth/password",
                        {{"current_password", current}, {"new_password", next}}, caller);
  };
  CHECK(code_of(change("a wrong one", "another password", account.caller())) ==
        "invalid-credentials");
  CHECK(change(kPassword, "another password", {}).status == 401);
  CHECK(change(kPassword, "another password", {new_id(), Role::customer}).status == 401);
  CHECK(pointer_of(change(kPassword, "short", account.caller())) == "/new_password");
  CHECK(pointer_of(change(kPassword, account.email, account.caller())) == "/new_password");
  CHECK(sign_in(process, account.email).status == 200);
}

TEST_CASE("a login with a weaker hash makes it stronger", "[auth]") {
  Process weak;
  const Account account = register_somebody(weak);
  Policy policy = test_policy();
  policy.password_cost = {128, 2, 1};
  Process strong{policy};
  CHECK(sign_in(strong, account.email).status == 200);
  pg::Session session{strong.connection()};
  const auto known = store::find_credentials(session, account.id);
  REQUIRE(known);
  CHECK(known->password->starts_with("$argon2id$v=19$m=128,t=2,p=1$"));
  CHECK(sign_in(strong, account.email).status == 200);
}

TEST_CASE("staff create users, with a password or without; roles are for ops to give", "[auth]") {
  Process process;
  const Caller ops{new_id(), Role::ops};
  const std::string name = fresh_name();
  json::object body{{"email", name + "@example.org"}, {"username", name}};
  CHECK(process.post("/v1/users", body, {new_id(), Role::customer}).status == 403);
  CHECK(process.post("/v1/users", body, kStaff).status == 201);
  CHECK(sign_in(process, name, "").status == 401);

  body = {{"email", fresh_email()},
          {"username", fresh_name()},
          {"password", kPassword},
          {"roles", json::array{"staff"}}};
  CHECK(process.post("/v1/users", body, kStaff).status == 403);
  const auto made = process.post("/v1/users", body, ops);
  REQUIRE(made.status == 201);
  CHECK(json_of(made).at("roles") == json::value(json::array{"customer", "staff"}));
  const Pair pair = pair_of(sign_in(process, text_of(body, "username")));
  CHECK(claims_of(process, pair.access).caller().role == Role::staff);
  CHECK(pointer_of(process.post("/v1/users", {{"email", fresh_email()}}, ops)) == "/username");
}

TEST_CASE("users are listed by role", "[auth]") {
  Process process;
  Worker worker;
  const Caller ops{new_id(), Role::ops};
  const json::object body{
      {"email", fresh_email()}, {"username", fresh_name()}, {"roles", json::array{"staff"}}};
  REQUIRE(process.post("/v1/users", body, ops).status == 201);
  const auto total = [&](const std::string& role) {
    const auto page = worker.get(
        queries::list_users, {},
        {{"role", role}, {"username", text_of(body, "username")}, {"with_total", "true"}});
    return json_of(*page).at("total").to_number<int>();
  };
  CHECK(total("staff") == 1);
  CHECK(total("customer") == 1);
  CHECK(total("ops") == 0);
}

TEST_CASE("another role ends all sessions; the same roles change nothing", "[auth]") {
  Process process;
  Worker worker;
  const Account account = register_somebody(process);
  const Pair before = pair_of(sign_in(process, account.email));
  v1::ChangeRoles change;
  change.set_user_id(account.id.to_string());
  change.add_roles("staff");
  const commands::ChangeRoles handler{process.policy};
  CHECK(worker.run_one(handler, change).code() == "forbidden");
  const Caller ops{new_id(), Role::ops};
  const Done done = worker.run_one(handler, change, ops);
  CHECK(done.body().at("roles") == json::value(json::array{"customer", "staff"}));
  CHECK(done.outcome().version == 2);
  REQUIRE(done.out.rows.size() == 2);
  CHECK(done.out.rows[1].type == "waybill.identity.v1.SessionsRevoked");
  CHECK(done.out.rows[0].headers.find("ce_version") != std::string::npos);
  CHECK(done.out.rows[1].headers.find("ce_version") == std::string::npos);
  CHECK(refresh(process, before.refresh).status == 401);
  CHECK(worker.run_one(handler, change, ops).out.rows.empty());
  change.set_user_id(new_id().to_string());
  CHECK(worker.run_one(handler, change, ops).code() == "not-found");
}

TEST_CASE("a deleted account has no session, and its address is free", "[auth]") {
  Process process;
  Worker worker;
  const Account account = register_somebody(process);
  const Pair pair = pair_of(sign_in(process, account.email));
  v1::DeleteUser deletion;
  deletion.set_user_id(account.id.to_string());
  const Done done =
      worker.run_one(commands::DeleteUsers{process.policy}, deletion, account.caller());
  CHECK(done.outcome().status == 204);
  REQUIRE(done.out.rows.size() == 2);
  CHECK(done.out.rows[1].type == "waybill.identity.v1.SessionsRevoked");
  CHECK(count(process, count_open_sessions, account.id) == 0);
  CHECK(refresh(process, pair.refresh).status == 401);
  CHECK(worker.get(queries::find_me, {}, {}, account.caller()).error().kind ==
        FaultKind::unauthenticated);
  CHECK(process.post("/v1/auth/register", registration(account.email)).status == 201);
}

TEST_CASE("the caller reads himself", "[auth]") {
  Process process;
  Worker worker;
  const Account account = register_somebody(process);
  const auto me = worker.get(queries::find_me, {}, {}, account.caller());
  REQUIRE(me.has_value());
  CHECK(text_of(json_of(*me), "id") == account.id.to_string());
  CHECK(worker.get(queries::find_me, {}, {}, {std::nullopt, Role::ops}).error().kind ==
        FaultKind::unauthenticated);
}

TEST_CASE("when too many want to be hashed, some are told to come again; others don't wait",
          "[auth]") {
  Policy policy = test_policy();
  policy.password_cost = {19'456, 20, 1};  // half a second each
  direct::LaneSizes sizes;
  sizes.hash_threads = 1;
  sizes.hash_queue = 2;
  Process process{policy, sizes};
  std::vector<std::future<web::Response>> answers;
  for (int i = 0; i < 6; ++i) {
    answers.push_back(
        process.start("/v1/auth/token", {{"username", fresh_email()}, {"password", kPassword}}));
  }
  // It is answered while they are still being hashed.
  CHECK(refresh(process, "unknown").status == 401);
  CHECK(std::any_of(answers.begin(), answers.end(), [](const auto& answer) {
    return answer.wait_for(seconds{0}) == std::future_status::timeout;
  }));
  int unavailable = 0;
  for (auto& answer : answers) {
    const auto response = answer.get();
    if (response.status != 503) continue;
    ++unavailable;
    CHECK(code_of(response) == "unavailable");
    CHECK(response.headers.has("Retry-After"));
  }
  CHECK(unavailable == 3);
}

TEST_CASE("expired logins and tokens are removed, in portions", "[auth]") {
  Policy policy = test_policy();
  policy.refresh_life = milliseconds{0};
  Process process{policy};
  const Account account = register_somebody(process);
  for (int i = 0; i < 3; ++i) sign_in(process, account.email);
  pg::Tx tx{process.connection()};
  CHECK(store::delete_expired(tx, now(), 2) >= 2);
  while (store::delete_expired(tx, now(), 2) > 0) {
  }
  tx.commit();
  CHECK(count(process, count_open_sessions, account.id) == 0);
}
