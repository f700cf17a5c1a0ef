// Users against a real database.
#include <set>

#include <catch2/catch.hpp>

#include "tests/integration/identity/accounts.hpp"
#include "waybill/identity/v1/events.pb.h"

using namespace waybill;
using namespace waybill::identity;
using namespace waybill::identity::test;
namespace json = boost::json;

namespace {

v1::UpdateUser patch_of(const std::string& user) {
  v1::UpdateUser body;
  body.set_user_id(user);
  return body;
}

v1::UpdateUser rename(const std::string& user, const std::string& name) {
  v1::UpdateUser body = patch_of(user);
  body.add_members("username");
  body.set_username(name);
  return body;
}

v1::DeleteUser deletion_of(const std::string& user) {
  v1::DeleteUser body;
  body.set_user_id(user);
  return body;
}

}  // namespace

TEST_CASE("a user takes his id from his command and keeps his names as typed", "[identity]") {
  Worker worker;
  const std::string name = fresh_name("Ada");
  const auto made = command(user_of(name));
  const Done done = worker.run(commands::create_users, std::vector{made});
  CHECK(done.outcome().status == 201);
  CHECK(done.outcome().location == "/v1/users/" + made.id().to_string());
  const json::value user = done.body();
  CHECK(user.at("id") == json::value(made.id().to_string()));
  CHECK(user.at("email") == json::value(name + "@Example.org"));
  CHECK(user.at("roles") == json::value(json::array{"customer"}));
  CHECK(user.at("version").to_number<int>() == 1);
  REQUIRE(done.out.rows.size() == 1);
  CHECK(done.out.rows[0].target == "waybill.users");
  CHECK(done.out.rows[0].type == "waybill.identity.v1.UserChanged");
  const Done again = worker.run(commands::create_users, std::vector{made});
  CHECK(again.body() == user);
  CHECK(again.out.rows.empty());
}

TEST_CASE("names are unique without regard to case, the e-mail being looked at first",
          "[identity]") {
  Worker worker;
  const std::string name = fresh_name("bob");
  create(worker, name);
  v1::CreateUser same = user_of(name);
  same.set_email("BOB" + name.substr(3) + "@EXAMPLE.org");
  CHECK(worker.run_one(commands::create_users, same).field() == "email");
  same.set_email(fresh_name() + "@example.org");
  same.set_username("BOB" + name.substr(3));
  CHECK(worker.run_one(commands::create_users, same).field() == "username");
}

TEST_CASE("of concurrent users of one name exactly one is created", "[identity]") {
  for (int round = 0; round < 5; ++round) {
    const std::string name = fresh_name();
    std::atomic<int> created{0}, refused{0};
    std::vector<std::thread> creators;
    for (int i = 0; i < 4; ++i) {
      creators.emplace_back([&] {
        Worker worker;
        const Done done = worker.run_one(commands::create_users, user_of(name));
        (done.code() == "already-exists" ? refused : created)++;
      });
    }
    for (std::thread& creator : creators) creator.join();
    CHECK(created == 1);
    CHECK(refused == 3);
  }
}

TEST_CASE("names may change hands within one batch", "[identity]") {
  Worker worker;
  const std::string first_name = fresh_name(), second_name = fresh_name(), spare = fresh_name();
  const std::string first = create(worker, first_name), second = create(worker, second_name);
  const Done done = worker.run(
      commands::update_users,
      std::vector{command(rename(first, second_name)), command(rename(first, spare)),
                  command(rename(second, first_name)), command(rename(first, second_name))});
  CHECK(done.field(0) == "username");
  CHECK(done.outcomes[1].status == 200);
  CHECK(done.outcomes[2].status == 200);
  CHECK(done.outcomes[3].status == 200);
  const auto page = worker.get(queries::list_users, {}, {{"username", second_name}});
  REQUIRE(page.has_value());
  CHECK(json::parse(page->body).at("items").at(0).at("id") == json::value(first));
}

TEST_CASE("an update checks owner, version and nulls", "[identity]") {
  Worker worker;
  const std::string user = create(worker);
  const Caller self{Id::parse(user), Role::customer}, other{new_id(), Role::customer};
  v1::UpdateUser body = patch_of(user);
  body.add_members("description");
  CHECK(worker.run_one(commands::update_users, body, other).code() == "not-found");
  const Done cleared = worker.run_one(commands::update_users, body, self);
  CHECK(cleared.body().at("description").is_null());
  CHECK(cleared.outcome().version == 2);
  body.set_expected_version(1);
  CHECK(worker.run_one(commands::update_users, body, self).code() == "stale");
  body = patch_of(user);
  body.add_members("email");
  const Done refused = worker.run_one(commands::update_users, body, self);
  CHECK(refused.outcome().fault->kind == FaultKind::invalid);
}

TEST_CASE("a username with an @ must be the own e-mail", "[identity]") {
  Worker worker;
  const std::string name = fresh_name();
  const std::string user = create(worker, name);
  const Done refused =
      worker.run_one(commands::update_users, rename(user, "other-" + name + "@example.org"));
  CHECK(refused.outcome().fault->kind == FaultKind::invalid);
  const Done done = worker.run_one(commands::update_users, rename(user, name + "@example.ORG"));
  CHECK(done.outcome().status == 200);
}

TEST_CASE("a deleted user is gone, his names are free", "[identity]") {
  Worker worker;
  const std::string name = fresh_name();
  const std::string user = create(worker, name);
  worker.run_one(commands::add_addresses, address_of(user, true));
  const Done done = worker.run(commands::DeleteUsers{},
                               std::vector{command(deletion_of(user)), command(deletion_of(user))});
  CHECK(done.outcomes[0].status == 204);
  CHECK(done.code(1) == "not-found");
  REQUIRE(done.out.rows.size() == 2);
  CHECK(done.out.rows[0].type == "waybill.identity.v1.UserDeleted");
  CHECK_FALSE(worker.get(queries::find_user, {{"id", user}}).has_value());
  CHECK_FALSE(worker.get(queries::list_addresses, {{"id", user}}).has_value());
  CHECK(worker.run_one(commands::update_users, rename(user, name)).code() == "not-found");
  CHECK(worker.run_one(commands::add_addresses, address_of(user)).code() == "not-found");
  CHECK(worker.run_one(commands::create_users, user_of(name)).outcome().status == 201);
}

TEST_CASE("users are listed page by page in either order", "[identity]") {
  Worker worker;
  for (int i = 0; i < 5; ++i) create(worker);
  for (const auto* sort : {"email", "-email", "created_at", "-created_at"}) {
    std::vector<std::pair<std::string, std::string>> parameters{{"sort", sort}, {"limit", "2"}};
    std::vector<std::string> seen;
    std::int64_t total = 0;
    while (true) {
      parameters.emplace_back("with_total", "true");
      const auto response = worker.get(queries::list_users, {}, parameters);
      REQUIRE(response.has_value());
      const json::value page = json::parse(response->body);
      total = page.at("total").to_number<std::int64_t>();
      for (const auto& item : page.at("items").as_array()) {
        seen.emplace_back(item.at("id").as_string());
      }
      if (page.at("next").is_null()) break;
      parameters = {{"sort", sort}, {"limit", "2"}, {"cursor", ""}};
      parameters.back().second = page.at("next").as_string();
    }
    INFO(sort);
    CHECK(std::ssize(seen) == total);
    CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == seen.size());
  }
  const auto forbidden = worker.get(queries::list_users, {}, {}, {new_id(), Role::customer});
  CHECK(forbidden.error().kind == FaultKind::forbidden);
}

TEST_CASE("a user reads himself, a foreign one is absent", "[identity]") {
  Worker worker;
  const std::string user = create(worker);
  const auto own =
      worker.get(queries::find_user, {{"id", user}}, {}, {Id::parse(user), Role::customer});
  REQUIRE(own.has_value());
  CHECK(own->headers.get("Waybill-Owner") == user);
  CHECK(own->headers.get("ETag") == "\"1\"");
  CHECK_FALSE(
      worker.get(queries::find_user, {{"id", user}}, {}, {new_id(), Role::customer}).has_value());
}
