#include "services/gateway/tokens/tokens.hpp"

#include <catch2/catch.hpp>

#include "waybill/identity/v1/events.pb.h"

using namespace waybill;
using namespace waybill::gateway;
using namespace std::chrono_literals;

namespace {

const Instant kNow = from_unix_micros(1'800'000'000'000'000);

std::optional<std::string> token_of(std::initializer_list<std::string> lines) {
  web::Headers headers;
  headers.add("Accept", "*/*");
  for (const auto& line : lines) headers.add("authorization", line);
  const auto token = bearer_token(headers);
  return token ? std::optional{std::string{*token}} : std::nullopt;
}

Pass pass(Instant issued_at = kNow) {
  return {{new_id(), Role::customer}, new_id(), new_id(), issued_at, issued_at + 30min};
}

Revocation of_user(const Pass& pass, Instant at) {
  return {*pass.caller.user, {}, {}, at, at + 30min};
}

messaging::Event event_of(const google::protobuf::Message& message, const Id& user) {
  messaging::Event event;
  event.key = user.to_string();
  event.value = message.SerializeAsString();
  event.headers["ce_type"] = message.GetTypeName();
  event.timestamp_ms = to_unix_millis(kNow);
  return event;
}

}  // namespace

TEST_CASE("a token is what follows Bearer in the one header", "[gateway][tokens]") {
  CHECK_FALSE(token_of({}));
  CHECK(token_of({"Bearer abc.def"}) == "abc.def");
  CHECK(token_of({"bearer abc"}) == "abc");
  CHECK(token_of({"Basic YTpi"}) == "");
  CHECK(token_of({"Bearer"}) == "");
  CHECK(token_of({""}) == "");
  CHECK(token_of({"Bearer abc", "Bearer def"}) == "");  // whose is it then?
}

TEST_CASE("a revocation ends its token, its session, or all that its user had",
          "[gateway][tokens]") {
  const Pass token = pass();
  const Pass other = pass();
  Revocations revocations;
  CHECK_FALSE(revocations.cover(token));

  revocations.add({*token.caller.user, {}, token.token, kNow, kNow + 30min}, kNow);
  CHECK(revocations.cover(token));
  Pass next = token;
  next.token = new_id();
  CHECK_FALSE(revocations.cover(next));

  revocations.add({*token.caller.user, token.session, {}, kNow, kNow + 30min}, kNow);
  CHECK(revocations.cover(next));
  Pass another_session = next;
  another_session.session = new_id();
  CHECK_FALSE(revocations.cover(another_session));

  revocations.add(of_user(token, kNow), kNow);
  CHECK(revocations.cover(another_session));
  Pass later = another_session;
  later.issued_at = kNow + 1s;
  CHECK_FALSE(revocations.cover(later));
  CHECK_FALSE(revocations.cover(other));
}

TEST_CASE("of several revocations of a user the last one counts, in any order",
          "[gateway][tokens]") {
  const Pass between = pass(kNow + 10s);
  Revocations revocations;
  revocations.add(of_user(between, kNow + 20s), kNow);
  revocations.add(of_user(between, kNow), kNow);
  CHECK(revocations.cover(between));
}

TEST_CASE("revocations are forgotten when the last of their tokens has expired",
          "[gateway][tokens]") {
  Revocations revocations;
  for (int i = 0; i < 100; ++i) revocations.add(of_user(pass(), kNow), kNow);
  CHECK(revocations.size() == 100);
  revocations.add(of_user(pass(), kNow + 31min), kNow + 31min);
  CHECK(revocations.size() == 1);
  revocations.add(of_user(pass(), kNow), kNow + 31min);  // was over when it came
  CHECK(revocations.size() == 1);
}

TEST_CASE("more revocations than can be remembered end all older tokens", "[gateway][tokens]") {
  Revocations revocations{10};
  const Pass first = pass();
  revocations.add(of_user(first, kNow), kNow);
  for (int i = 0; i < 10; ++i) revocations.add(of_user(pass(), kNow), kNow);
  CHECK(revocations.size() <= 10);
  CHECK(revocations.cover(first));
  CHECK(revocations.cover(pass(kNow)));
  CHECK_FALSE(revocations.cover(pass(kNow + 1s)));
}

TEST_CASE("events tell what ends sessions; other events end none", "[gateway][tokens]") {
  const Id user = new_id();
  const Id family = new_id();
  identity::v1::SessionsRevoked revoked;
  revoked.set_user_id(user.to_string());
  revoked.set_family(family.to_string());
  revoked.set_revoked_at(to_rfc3339(kNow));
  revoked.set_until(to_rfc3339(kNow + 30min));
  const auto found = read_revocation(event_of(revoked, user), 30min);
  REQUIRE(found);
  CHECK(found->user == user);
  CHECK(found->session == family);
  CHECK_FALSE(found->token);
  CHECK(found->at == kNow);
  CHECK(found->until == kNow + 30min);

  identity::v1::UserDeleted deleted;
  deleted.set_id(user.to_string());
  const auto all = read_revocation(event_of(deleted, user), 30min);
  REQUIRE(all);
  CHECK_FALSE(all->session);
  CHECK(all->at > kNow + 24h);
  CHECK(all->until > kNow + 30min);

  CHECK_FALSE(read_revocation(event_of(identity::v1::UserChanged{}, user), 30min));
  revoked.set_user_id("anna");
  CHECK_FALSE(read_revocation(event_of(revoked, user), 30min));
}

TEST_CASE("a family or token that can't be read is not taken for all of the user's",
          "[gateway][tokens]") {
  const Id user = new_id();
  identity::v1::SessionsRevoked revoked;
  revoked.set_user_id(user.to_string());
  revoked.set_revoked_at(to_rfc3339(kNow));
  revoked.set_until(to_rfc3339(kNow + 30min));
  revoked.set_jti("?");
  CHECK_FALSE(read_revocation(event_of(revoked, user), 30min));
}

TEST_CASE("verified tokens are kept until they expire, a bounded number of them",
          "[gateway][tokens]") {
  TokenCache cache{2};
  const Pass first = pass();
  cache.add("first", first);
  REQUIRE(cache.find("first", kNow));
  CHECK(cache.find("first", kNow)->token == first.token);
  CHECK_FALSE(cache.find("other", kNow));
  CHECK_FALSE(cache.find("first", kNow + 30min));
  CHECK(cache.size() == 0);

  cache.add("a", pass());
  cache.add("b", pass());
  cache.find("a", kNow);
  cache.add("c", pass());
  CHECK(cache.size() == 2);
  CHECK(cache.find("a", kNow));
  CHECK_FALSE(cache.find("b", kNow));  // the one that was used longest ago
  cache.drop("a");
  CHECK_FALSE(cache.find("a", kNow));
}
