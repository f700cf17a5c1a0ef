// Addresses against a real database.
#include <catch2/catch.hpp>

#include "tests/integration/identity/accounts.hpp"
#include "waybill/identity/v1/events.pb.h"

using namespace waybill;
using namespace waybill::identity;
using namespace waybill::identity::test;
namespace json = boost::json;

namespace {

json::value list(Worker& worker, const std::string& user,
                 std::vector<std::pair<std::string, std::string>> parameters = {}) {
  const auto response = worker.get(queries::list_addresses, {{"id", user}}, std::move(parameters));
  REQUIRE(response.has_value());
  return json::parse(response->body);
}

std::vector<std::string> ids(const json::value& page) {
  std::vector<std::string> result;
  for (const auto& item : page.at("items").as_array()) {
    result.emplace_back(item.at("id").as_string());
  }
  return result;
}

v1::UpdateAddress patch_of(const std::string& user, const std::string& address) {
  v1::UpdateAddress body;
  body.set_user_id(user);
  body.set_address_id(address);
  return body;
}

std::int64_t version_of(Worker& worker, const std::string& user) {
  const auto response = worker.get(queries::find_user, {{"id", user}});
  return json::parse(response->body).at("version").to_number<std::int64_t>();
}

}  // namespace

TEST_CASE("each change of an address is a version of the user, told with all addresses",
          "[identity][address]") {
  Worker worker;
  const std::string user = create(worker);
  const Done done = worker.run(commands::add_addresses,
                               std::vector{command(address_of(user)), command(address_of(user))});
  CHECK(done.outcomes[1].location == "/v1/users/" + user + "/addresses/" + done.id(1));
  CHECK(version_of(worker, user) == 3);
  REQUIRE(done.out.rows.size() == 2);
  v1::UserChanged event;
  REQUIRE(event.ParseFromString(done.out.rows[1].payload));
  CHECK(event.user().version() == 3);
  CHECK(event.addresses_size() == 2);
  REQUIRE(done.out.invalidations.size() == 2);
  CHECK(done.out.invalidations[1].key == "user:" + user);
  CHECK(done.out.invalidations[1].version == 3);
}

TEST_CASE("an address that is added twice by one command is there once", "[identity][address]") {
  Worker worker;
  const std::string user = create(worker);
  const auto made = command(address_of(user));
  const Done first = worker.run(commands::add_addresses, std::vector{made});
  const Done again = worker.run(commands::add_addresses, std::vector{made});
  CHECK(again.body() == first.body());
  CHECK(ids(list(worker, user)).size() == 1);
  CHECK(version_of(worker, user) == 2);
}

TEST_CASE("the primary address comes first, then the newest", "[identity][address]") {
  Worker worker;
  const std::string user = create(worker);
  std::vector<std::string> added;
  for (int i = 0; i < 4; ++i) {
    added.push_back(worker.run_one(commands::add_addresses, address_of(user, i == 1)).id());
  }
  const std::vector<std::string> expected{added[1], added[3], added[2], added[0]};
  CHECK(ids(list(worker, user)) == expected);
  std::vector<std::string> walked;
  std::vector<std::pair<std::string, std::string>> parameters{{"limit", "1"}};
  while (true) {
    const json::value page = list(worker, user, parameters);
    for (const std::string& id : ids(page)) walked.push_back(id);
    if (page.at("next").is_null()) break;
    parameters = {{"limit", "1"}, {"cursor", ""}};
    parameters.back().second = page.at("next").as_string();
  }
  CHECK(walked == expected);
}

TEST_CASE("making an address primary takes the mark from the other", "[identity][address]") {
  Worker worker;
  const std::string user = create(worker);
  const std::string first = worker.run_one(commands::add_addresses, address_of(user, true)).id();
  const std::string second = worker.run_one(commands::add_addresses, address_of(user)).id();
  v1::UpdateAddress body = patch_of(user, second);
  body.add_members("is_primary");
  body.set_is_primary(true);
  const Done done = worker.run_one(commands::update_addresses, body);
  CHECK(done.body().at("is_primary") == json::value(true));
  CHECK(ids(list(worker, user)) == std::vector<std::string>{second, first});
  CHECK(list(worker, user).at("items").at(1).at("is_primary") == json::value(false));
}

TEST_CASE("the fifty-first address is refused, with concurrent adders too", "[identity][address]") {
  Worker worker;
  const std::string user = create(worker);
  std::vector<outbox::Command<v1::AddAddress>> batch;
  for (int i = 0; i < 45; ++i) batch.push_back(command(address_of(user)));
  worker.run(commands::add_addresses, batch);
  std::atomic<int> refused{0};
  std::vector<std::thread> adders;
  for (int i = 0; i < 4; ++i) {
    adders.emplace_back([&] {
      Worker mine;
      for (int j = 0; j < 2; ++j) {
        if (mine.run_one(commands::add_addresses, address_of(user)).code() == "limit-reached") {
          ++refused;
        }
      }
    });
  }
  for (std::thread& adder : adders) adder.join();
  CHECK(refused == 3);
  CHECK(list(worker, user, {{"with_total", "true"}}).at("total").to_number<int>() == 50);
}

TEST_CASE("foreign addresses are absent", "[identity][address]") {
  Worker worker;
  const std::string user = create(worker);
  const std::string address = worker.run_one(commands::add_addresses, address_of(user)).id();
  const Caller other{new_id(), Role::customer};
  v1::DeleteAddress body;
  body.set_user_id(user);
  body.set_address_id(address);
  CHECK(worker.run_one(commands::delete_addresses, body, other).code() == "not-found");
  CHECK(worker.run_one(commands::add_addresses, address_of(user), other).code() == "not-found");
  const web::PathParams params{{"id", user}, {"address_id", address}};
  CHECK_FALSE(worker.get(queries::find_address, params, {}, other).has_value());
  CHECK_FALSE(worker.get(queries::list_addresses, params, {}, other).has_value());
  const web::PathParams mixed{{"id", create(worker)}, {"address_id", address}};
  CHECK_FALSE(worker.get(queries::find_address, mixed).has_value());

  CHECK(worker.get(queries::find_address, params).has_value());
  CHECK(worker.run_one(commands::delete_addresses, body).outcome().status == 204);
  CHECK(worker.run_one(commands::delete_addresses, body).code() == "not-found");
  CHECK_FALSE(worker.get(queries::find_address, params).has_value());
}

TEST_CASE("an address is changed and deleted in the version of the user that was read",
          "[identity][address]") {
  Worker worker;
  const std::string user = create(worker);
  const Done added = worker.run_one(commands::add_addresses, address_of(user));
  CHECK(added.outcome().version == 2);
  v1::UpdateAddress change = patch_of(user, added.id());
  change.add_members("city");
  change.set_city("Bristol");
  change.set_expected_version(1);
  CHECK(worker.run_one(commands::update_addresses, change).code() == "stale");
  change.set_expected_version(2);
  const Done changed = worker.run_one(commands::update_addresses, change);
  CHECK(changed.outcome().status == 200);
  CHECK(changed.outcome().version == 3);
  v1::DeleteAddress deletion;
  deletion.set_user_id(user);
  deletion.set_address_id(added.id());
  deletion.set_expected_version(2);
  CHECK(worker.run_one(commands::delete_addresses, deletion).code() == "stale");
  deletion.set_expected_version(3);
  CHECK(worker.run_one(commands::delete_addresses, deletion).outcome().status == 204);
}
