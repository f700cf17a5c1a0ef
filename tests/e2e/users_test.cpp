#include <catch2/catch.hpp>

#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
namespace json = boost::json;

namespace {

json::object address(const std::string& street) {
  return {{"street", street},
          {"city", "Bristol"},
          {"state", "Avon"},
          {"zip_code", "BS1"},
          {"country", "UK"}};
}

}  // namespace

TEST_CASE("e-mail and username are taken once, without regard to case", "[e2e][users]") {
  const std::string name = unique("anna");
  const auto make = [](const std::string& email, const std::string& username) {
    return post("/v1/users", {{"email", email}, {"username", username}});
  };
  REQUIRE(make(name + "@test.example", name).status == 201);
  std::string upper = name;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  const Reply email = make(upper + "@TEST.example", unique("other"));
  CHECK(email.status == 409);
  CHECK(email.member("field") == "email");
  const Reply username = make(unique("other") + "@test.example", upper);
  CHECK(username.status == 409);
  CHECK(username.member("field") == "username");
}

TEST_CASE("one address at most is the primary one", "[e2e][users]") {
  const Customer customer = make_customer();
  const std::string path = "/v1/users/" + customer.id + "/addresses";
  for (const char* street : {"1 First", "2 Second"}) {
    json::object primary = address(street);
    primary["is_primary"] = true;
    REQUIRE(post(path, primary).status == 201);
  }
  const auto addresses = all_items(path + "?limit=100");
  REQUIRE(addresses.size() == 3);
  CHECK(text(addresses[0], "street") == "2 Second");
  int primary = 0;
  for (const json::object& each : addresses) primary += each.at("is_primary").as_bool();
  CHECK(primary == 1);
}

TEST_CASE("an order keeps its address when the customer changes it", "[e2e][users]") {
  const Customer customer = make_customer();
  const std::string order = "/v1/orders/" + place(customer, {{make_product("1.00", 2), 1}}).id();
  const std::string path = "/v1/users/" + customer.id + "/addresses/" + customer.address_id;
  REQUIRE(patch(path, {{"city", "London"}}).member("city") == "London");
  CHECK(get(order).body().at("delivery_address").at("city") == "Bristol");
}

TEST_CASE("a deleted user is gone, his orders are not", "[e2e][users]") {
  const Customer customer = make_customer();
  const std::string order = "/v1/orders/" + place(customer, {{make_product("1.00", 2), 1}}).id();
  REQUIRE(remove("/v1/users/" + customer.id).status == 204);
  CHECK(get("/v1/users/" + customer.id).status == 404);
  CHECK(get("/v1/users/" + customer.id + "/addresses").status == 404);
  CHECK(get(order).status == 200);
}
