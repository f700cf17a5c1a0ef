// Users, their names and addresses.
#include "services/identity/domain/user.hpp"

#include <catch2/catch.hpp>

#include "services/identity/domain/names.hpp"

using namespace waybill;
using namespace waybill::identity::domain;

namespace {

const Instant kThen = from_unix_micros(1'000'000);
const Instant kNow = from_unix_micros(2'000'000);

User ada() {
  User user;
  user.id = new_id();
  user.email = "Ada@example.org";
  user.username = "ada";
  user.description = "countess";
  user.created_at = kThen;
  return user;
}

Address address_of(const User& user, bool is_primary = false) {
  Address address;
  address.id = new_id();
  address.user_id = user.id;
  address.street = "12 St James's Square";
  address.is_primary = is_primary;
  address.created_at = kNow;
  return address;
}

int primaries(const User& user) {
  int count = 0;
  for (const Address& address : user.addresses) count += address.is_primary ? 1 : 0;
  return count;
}

Caller customer(const Id& id) {
  return {id, Role::customer};
}

}  // namespace

TEST_CASE("a foreign user is absent for a customer and there for staff", "[user]") {
  const User user = ada();
  CHECK(check_access(&user, customer(user.id), std::nullopt).has_value());
  CHECK(check_access(&user, {std::nullopt, Role::staff}, std::nullopt).has_value());
  const auto foreign = check_access(&user, customer(new_id()), std::nullopt);
  const auto absent = check_access(nullptr, customer(user.id), std::nullopt);
  REQUIRE_FALSE(foreign.has_value());
  REQUIRE_FALSE(absent.has_value());
  CHECK(foreign.error().kind == FaultKind::not_found);
  CHECK(foreign.error().detail == absent.error().detail);
  CHECK(check_access(&user, customer(user.id), 7).error().kind == FaultKind::stale);
}

TEST_CASE("a patch that changes nothing is no new version", "[user]") {
  UserPatch patch;
  patch.username = "ada";
  CHECK(patched(ada(), patch, kNow).version == 1);
  patch.description.emplace(std::nullopt);
  const User after = patched(ada(), patch, kNow);
  CHECK(after.version == 2);
  CHECK_FALSE(after.description);
  CHECK(after.updated_at == kNow);
}

TEST_CASE("deleting a user erases all that tells who he was", "[user]") {
  User user = *with_address(ada(), address_of(ada()), kNow);
  const User gone = deleted(user, kNow);
  CHECK(gone.deleted);
  CHECK(gone.email.empty());
  CHECK(gone.username.empty());
  CHECK_FALSE(gone.description);
  CHECK(gone.addresses.empty());
  CHECK(gone.version == 3);
}

TEST_CASE("a new primary address takes the mark from the other", "[address]") {
  User user = *with_address(ada(), address_of(ada(), true), kNow);
  user = *with_address(user, address_of(user, true), kNow);
  CHECK(primaries(user) == 1);
  CHECK(user.addresses[1].is_primary);
  CHECK(user.addresses[0].updated_at == kNow);
  CHECK(user.version == 3);

  AddressPatch patch;
  patch.is_primary = true;
  user = *with_changed_address(user, user.addresses[0].id, patch, kNow);
  CHECK(primaries(user) == 1);
  CHECK(user.addresses[0].is_primary);

  patch.is_primary = false;
  user = *with_changed_address(user, user.addresses[0].id, patch, kNow);
  CHECK(primaries(user) == 0);
}

TEST_CASE("the fifty-first address is refused", "[address]") {
  User user = ada();
  for (std::size_t i = 0; i < most_addresses; ++i) {
    user = *with_address(user, address_of(user), kNow);
  }
  const auto refused = with_address(user, address_of(user), kNow);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "limit-reached");
  user = *without_address(user, user.addresses[7].id, kNow);
  CHECK(with_address(user, address_of(user), kNow).has_value());
}

TEST_CASE("an address that the user doesn't have is not found", "[address]") {
  const User user = ada();
  CHECK(with_changed_address(user, new_id(), {}, kNow).error().kind == FaultKind::not_found);
  CHECK(without_address(user, new_id(), kNow).error().kind == FaultKind::not_found);
}

TEST_CASE("the e-mail is looked at before the username", "[names]") {
  Names names;
  const Id other = new_id();
  names.learn("Ada@example.org", "ada@example.org", other, std::nullopt);
  names.learn("Ada", "ada", std::nullopt, other);
  names.learn("bob@example.org", "bob@example.org", std::nullopt, std::nullopt);
  const auto by_email = names.take(new_id(), "Ada@example.org", "Ada");
  REQUIRE_FALSE(by_email.has_value());
  CHECK(by_email.error().code == "already-exists");
  CHECK(by_email.error().members.at("field") == boost::json::value("email"));
  const auto by_username = names.take(new_id(), "bob@example.org", "Ada");
  REQUIRE_FALSE(by_username.has_value());
  CHECK(by_username.error().members.at("field") == boost::json::value("username"));
  CHECK(names.take(new_id(), "bob@example.org", "bob@example.org").has_value());
}

TEST_CASE("within a batch the first one gets a name, and gives it back by taking another",
          "[names]") {
  Names names;
  names.learn("a@b.example", "a@b.example", std::nullopt, std::nullopt);
  names.learn("A@B.example", "a@b.example", std::nullopt, std::nullopt);
  names.learn("c@d.example", "c@d.example", std::nullopt, std::nullopt);
  names.learn("x", "x", std::nullopt, std::nullopt);
  names.learn("y", "y", std::nullopt, std::nullopt);
  const Id first = new_id(), second = new_id();
  CHECK(names.take(first, "a@b.example", "x").has_value());
  CHECK_FALSE(names.take(second, "A@B.example", "y").has_value());
  CHECK(names.take(first, "c@d.example", "x").has_value());
  CHECK(names.take(second, "A@B.example", "y").has_value());
}

TEST_CASE("a username with an @ must be the own e-mail", "[names]") {
  Names names;
  names.learn("Ada@example.org", "ada@example.org", std::nullopt, std::nullopt);
  names.learn("ada@example.org", "ada@example.org", std::nullopt, std::nullopt);
  names.learn("bob@example.org", "bob@example.org", std::nullopt, std::nullopt);
  CHECK(names.take(new_id(), "Ada@example.org", "ada@example.org").has_value());
  const auto refused = names.take(new_id(), "bob@example.org", "ada@example.org");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == FaultKind::invalid);
}
