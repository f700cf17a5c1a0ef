// Members that are not the caller's to set: sent in every body that might take them, they change
// nothing or are refused.
#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "tests/e2e/support/account.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
namespace json = boost::json;

namespace {

const std::string kLongAgo = "2001-01-01T00:00:00.000Z";

json::object with(json::object body, const json::object& more) {
  for (const auto& member : more) body[member.key()] = member.value();
  return body;
}

Reply write_as(const std::string& token, const std::string& method, const std::string& path,
               const json::object& body) {
  return call(as(token, json_call(method, path, body)));
}

// What the owner of an object must not choose.
json::object stolen() {
  return {{"id", new_id().to_string()},
          {"version", 77},
          {"created_at", kLongAgo},
          {"updated_at", kLongAgo}};
}

void check_untouched(const Reply& reply, const std::string& id) {
  INFO(reply.text);
  CHECK(reply.id() == id);
  CHECK(reply.number("version") < 77);
  CHECK(reply.member("created_at") != kLongAgo);
  CHECK(reply.member("updated_at") != kLongAgo);
}

}  // namespace

TEST_CASE("nobody makes himself staff", "[e2e][access]") {
  const std::string name = unique("eve");
  const json::object registration{{"email", name + "@test.example"}, {"password", unique("pass")}};
  const json::object roles{{"roles", json::array{"customer", "staff", "ops"}}};
  CHECK(write_as("", "POST", "/v1/auth/register", with(registration, roles)).status == 400);

  const Account eve = make_account();
  const std::string path = "/v1/users/" + eve.id;
  const json::object names{{"email", eve.email}, {"username", eve.email}};
  for (const auto& [method, body] : {std::pair{"PATCH", roles}, {"PUT", with(names, roles)}}) {
    const Reply changed = write_as(eve.token, method, path, body);
    CHECK(changed.status == 200);
    CHECK(changed.body().at("roles") == json::value{"customer"});
  }
  CHECK(write_as(eve.token, "PUT", path + "/roles", roles).status == 403);
  CHECK(write_as(eve.token, "GET", "/v1/users", {}).status == 403);

  const Account staff = make_account({"customer", "staff"});
  const json::object other{{"email", unique("x") + "@test.example"}, {"username", unique("x")}};
  CHECK(write_as(staff.token, "POST", "/v1/users", with(other, roles)).status == 403);
  CHECK(write_as(staff.token, "PUT", path + "/roles", roles).status == 403);
}

TEST_CASE("a user and his addresses keep what is not his to change", "[e2e][access]") {
  const Account eve = make_account();
  const std::string path = "/v1/users/" + eve.id;
  check_untouched(write_as(eve.token, "PATCH", path, with(stolen(), {{"description", "changed"}})),
                  eve.id);
  const Customer customer = make_customer(eve);
  const Account victim = make_account();
  const std::string address = path + "/addresses/" + customer.address_id;
  json::object theft = with(stolen(), {{"user_id", victim.id}, {"city", "Bath"}});
  theft.erase("version");  // an address has none, so that would be refused
  const Reply moved = write_as(eve.token, "PATCH", address, theft);
  CHECK(moved.id() == customer.address_id);
  CHECK(moved.member("user_id") == eve.id);
  CHECK(moved.member("city") == "Bath");
  CHECK(all_items("/v1/users/" + victim.id + "/addresses?limit=100").empty());
}

TEST_CASE("an order takes neither price nor status nor owner from its customer", "[e2e][access]") {
  const Account eve = make_account();
  const Customer customer = make_customer(eve);
  json::object body = order_body(customer, {{make_product("5.00", 9), 2}});
  json::object& line = body["items"].as_array()[0].as_object();
  line["price_at_order"] = line["line_total"] = "0.01";
  const json::object wishes{{"status", "DELIVERED"}, {"total_price", "0.01"}, {"currency", "XXX"}};
  const Reply placed =
      write_as(eve.token, "POST", "/v1/orders", with(with(body, wishes), stolen()));
  REQUIRE(placed.status == 201);
  CHECK(placed.member("status") == "CONFIRMED");
  CHECK(placed.member("total_price") == "10.00");
  CHECK(placed.member("currency") != "XXX");
  CHECK(placed.member("created_at") != kLongAgo);
  CHECK(placed.number("version") < 77);

  const json::object for_another{{"user_id", make_account().id}};
  CHECK(write_as(eve.token, "POST", "/v1/orders", with(body, for_another)).status == 403);
  const json::object back_dated{{"order_date", kLongAgo}};
  CHECK(write_as(eve.token, "POST", "/v1/orders", with(body, back_dated)).status == 403);
  const std::string path = "/v1/orders/" + placed.id();
  CHECK(write_as(eve.token, "PATCH", path, {{"status", "PAID"}}).status == 403);
  CHECK(get(path).member("status") == "CONFIRMED");
}

TEST_CASE("a product keeps its id, version and times, whoever writes", "[e2e][access]") {
  const json::object tea{{"name", unique("tea")}, {"price", "1.00"}, {"stock_quantity", 1}};
  const Reply made = post("/v1/products", with(tea, stolen()));
  REQUIRE(made.status == 201);
  check_untouched(get("/v1/products/" + made.id()), made.id());
  check_untouched(patch("/v1/products/" + made.id(), with(stolen(), {{"price", "2.00"}})),
                  made.id());
}
