// Signing keys and the first account, with several processes on one database.
#include <catch2/catch.hpp>

#include "tests/integration/identity/process.hpp"

using namespace waybill;
using namespace waybill::identity;
using namespace waybill::identity::test;
namespace json = boost::json;

namespace {

// Keys and accounts of all: each test has a database of its own.
struct Scene {
  testing::FreshDatabase database{"identity"};
  pg::Connection connection{database.options()};

  std::vector<store::StoredKey> keys() {
    pg::Session session{connection};
    return store::list_keys(session);
  }
};

std::string kid_at(const keys::KeyRing& ring, Instant at) {
  const auto key = ring.signer(at);
  return key ? key->kid() : "none";
}

}  // namespace

TEST_CASE("processes that start together make one key and sign with it", "[keys]") {
  Scene scene;
  std::vector<std::unique_ptr<keys::KeyRing>> rings;
  std::vector<std::thread> starts;
  for (int i = 0; i < 4; ++i) rings.push_back(std::make_unique<keys::KeyRing>(test_policy()));
  for (const auto& ring : rings) {
    starts.emplace_back([&] {
      pg::Connection connection{scene.database.options()};
      ring->tend(connection, now());
    });
  }
  for (std::thread& start : starts) start.join();
  REQUIRE(scene.keys().size() == 1);
  for (const auto& ring : rings) CHECK(kid_at(*ring, now()) == scene.keys()[0].kid);
}

TEST_CASE("a key is published before it signs, and after it has signed", "[keys]") {
  Scene scene;
  const Policy policy = test_policy();
  keys::KeyRing ring{policy};
  const Instant start = now();
  ring.tend(scene.connection, start);
  const std::string first = kid_at(ring, start);

  const Instant due = start + policy.key_rotation - policy.key_lead;
  ring.tend(scene.connection, due);
  REQUIRE(scene.keys().size() == 2);
  const std::string second = scene.keys()[1].kid;
  CHECK(ring.key_set().size() == 2);
  CHECK(kid_at(ring, due) == first);
  CHECK(kid_at(ring, due + policy.key_lead) == second);

  const Instant last_token = due + policy.key_lead + policy.access_life;
  ring.tend(scene.connection, last_token);
  CHECK(ring.key_set().find(first));
  ring.tend(scene.connection, last_token + std::chrono::minutes{2});
  CHECK_FALSE(ring.key_set().find(first));
  CHECK(ring.key_set().find(second));
  CHECK(scene.keys().size() == 1);
}

TEST_CASE("another process publishes and uses a key that ops asked for", "[keys]") {
  Scene scene;
  keys::KeyRing ring{test_policy()};
  ring.tend(scene.connection, now());
  const commands::RotateKeys handler{test_policy()};
  const auto rotate = [&](const Caller& caller) {
    pg::Tx tx{scene.connection};
    outbox::Writer out;
    const std::vector batch{command(v1::RotateKeys{}, caller)};
    auto outcomes = handler(tx, std::span<const outbox::Command<v1::RotateKeys>>{batch}, out);
    tx.commit();
    return outcomes[0];
  };
  CHECK(rotate(kStaff).status == 403);
  const auto made = rotate({std::nullopt, Role::ops});
  REQUIRE(made.status == 200);
  const auto key = json::parse(made.body).as_object();
  ring.tend(scene.connection, now());
  CHECK(ring.key_set().find(text_of(key, "kid")));
  CHECK(kid_at(ring, now()) != text_of(key, "kid"));
  CHECK(kid_at(ring, now() + std::chrono::minutes{11}) == text_of(key, "kid"));
  // One waits already: no other is made.
  CHECK(rotate({std::nullopt, Role::ops}).body == made.body);
  CHECK(scene.keys().size() == 2);
}

TEST_CASE("a token that one process signed is good for all, across a rotation", "[keys]") {
  Scene scene;
  Policy policy = test_policy();
  policy.key_lead = milliseconds{1};
  Process first{policy, {}, scene.database.options()}, second{policy, {}, scene.database.options()};
  const Account account = register_somebody(first);
  const std::string before = pair_of(sign_in(first, account.email)).access;
  {
    pg::Tx tx{scene.connection};
    keys::next_key(tx, policy, now());
    tx.commit();
  }
  REQUIRE(testing::eventually(seconds{2}, [&] {
    second.keys.tend(second.connection(), now());
    return kid_at(second.keys, now()) == scene.keys()[1].kid;
  }));
  const std::string after = pair_of(sign_in(second, account.email)).access;
  first.keys.tend(first.connection(), now());
  for (Process* process : {&first, &second}) {
    CHECK(claims_of(*process, before).user == account.id);
    CHECK(claims_of(*process, after).user == account.id);
  }
}

TEST_CASE("the key set is public, may be kept, and has nothing private", "[keys]") {
  Scene scene;
  keys::KeyRing ring{test_policy()};
  ring.tend(scene.connection, now());
  pg::Session session{scene.connection};
  const web::Request request;
  const auto response = queries::find_keys(session, {request, {}, {}});
  REQUIRE(response.has_value());
  CHECK(response->headers.get("Cache-Control") == "public, max-age=300");
  const auto set = auth::KeySet::parse(response->body);
  REQUIRE(set.has_value());
  CHECK(set->find(kid_at(ring, now())));
  CHECK(response->body.find("\"d\"") == std::string::npos);
}

TEST_CASE("who has another secret publishes the keys, but can't sign", "[keys]") {
  Scene scene;
  keys::KeyRing ring{test_policy()};
  ring.tend(scene.connection, now());
  Policy policy = test_policy();
  policy.key_secret = config::Secret{"quite another secret"};
  keys::KeyRing stranger{policy};
  stranger.tend(scene.connection, now());
  CHECK_FALSE(stranger.is_ready());
  CHECK(stranger.signer(now()).error().kind == FaultKind::unavailable);
  CHECK(stranger.key_set().size() == 1);
}

TEST_CASE("the first account with the role ops is made once", "[keys][ops]") {
  Scene scene;
  Process first{test_policy(), {}, scene.database.options()};
  Process second{test_policy(), {}, scene.database.options()};
  const timers::FirstOps wanted{"ops@example.org", config::Secret{kPassword}};
  std::thread other{[&] {
    timers::create_first_ops(second.connection(), wanted, second.policy, second.transactions());
  }};
  timers::create_first_ops(first.connection(), wanted, first.policy, first.transactions());
  other.join();
  const Pair pair = pair_of(sign_in(first, "ops@example.org"));
  CHECK(claims_of(first, pair.access).roles == std::vector{Role::customer, Role::staff, Role::ops});
  const timers::FirstOps late{"late@example.org", config::Secret{kPassword}};
  timers::create_first_ops(first.connection(), late, first.policy, first.transactions());
  CHECK(sign_in(first, "late@example.org").status == 401);
}

TEST_CASE("the last account with the role ops keeps it, whoever wants to go at once",
          "[keys][ops]") {
  Scene scene;
  Process process{test_policy(), {}, scene.database.options()};
  const Caller ops{std::nullopt, Role::ops};
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    const json::object body{
        {"email", fresh_email()}, {"username", fresh_name()}, {"roles", json::array{"ops"}}};
    ids.push_back(text_of(json_of(process.post("/v1/users", body, ops)), "id"));
  }
  std::atomic<int> refused{0};
  const auto change = [&](const std::string& id, bool leave) {
    pg::Connection connection{scene.database.options()};
    pg::Tx tx{connection};
    outbox::Writer out;
    std::vector<outbox::Outcome> outcomes;
    if (leave) {
      v1::DeleteUser body;
      body.set_user_id(id);
      const std::vector batch{command(body, ops)};
      outcomes = commands::DeleteUsers{process.policy}(tx, batch, out);
    } else {
      v1::ChangeRoles body;
      body.set_user_id(id);
      const std::vector batch{command(body, ops)};
      outcomes = commands::ChangeRoles{process.policy}(tx, batch, out);
    }
    tx.commit();
    if (outcomes[0].fault && outcomes[0].fault->code == "limit-reached") ++refused;
  };
  std::vector<std::thread> leavers;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    leavers.emplace_back([&, i] { change(ids[i], i % 2 == 0); });
  }
  for (std::thread& leaver : leavers) leaver.join();
  CHECK(refused == 1);
}
