// Who may do what, over the whole platform: with tokens, as clients have them.
#include <catch2/catch.hpp>

#include "libs/contract/contract.hpp"
#include "libs/core/id.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/account.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
using testing::eventually;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

Reply get_as(const std::string& token, const std::string& path) {
  return call(as(token, {"GET", path, {}, {}}));
}

Reply order_as(const Account& account, const Customer& customer, const std::string& product) {
  return call(
      as(account.token, json_call("POST", "/v1/orders", order_body(customer, {{product, 1}}))));
}

// The same but for what names the request.
std::string without_instance(const Reply& reply) {
  if (!reply.json.is_object()) return reply.text;
  json::object body = reply.json.get_object();
  body.erase("instance");
  body.erase("correlation_id");
  return json::serialize(body);
}

}  // namespace

TEST_CASE("a customer registers, signs in, orders, and sees what is his", "[e2e][access]") {
  const std::string name = unique("anna");
  const std::string email = name + "@test.example";
  const std::string password = unique("password");
  const Reply registered = call(
      as("", json_call("POST", "/v1/auth/register", {{"email", email}, {"password", password}})));
  REQUIRE(registered.status == 201);
  CHECK(registered.text.find(password) == std::string::npos);

  const Reply first = sign_in(email, password);
  REQUIRE(first.status == 200);
  CHECK(first.headers.get("Cache-Control") == "no-store");
  const Reply second = refresh(first.member("refresh_token"));
  REQUIRE(second.status == 200);
  const Account anna{registered.id(), email, password, second.member("access_token")};
  CHECK(get_as(anna.token, "/v1/auth/me").id() == anna.id);

  const Customer customer = make_customer(anna);
  const Reply order = order_as(anna, customer, make_product("1.00", 5));
  REQUIRE(order.status == 201);
  const std::string path = "/v1/orders/" + order.id();
  CHECK(get_as(anna.token, path).id() == order.id());

  const Account ben = make_account();
  CHECK(get_as("", path).status == 401);
  const Reply foreign = get_as(ben.token, path);
  CHECK(foreign.status == 404);
  const Reply absent = get_as(ben.token, "/v1/orders/" + new_id().to_string());
  CHECK(without_instance(foreign) == without_instance(absent));
  CHECK(get_as(ben.token, "/v1/users/" + anna.id + "/orders").status == 404);
  CHECK(get_as(ben.token, path + "/events").status == 404);
  CHECK(get_as(ben.token, "/v1/orders").body().at("items").as_array().empty());
}

TEST_CASE("an operation is seen by its caller and staff, by nobody else", "[e2e][access]") {
  const Account anna = make_account();
  const Account ben = make_account();
  const Customer customer = make_customer(anna);
  const auto body = order_body(customer, {{make_product("1.00", 5), 1}});
  const Reply accepted = call(as(
      anna.token, with_header(json_call("POST", "/v1/orders", body), "Prefer", "respond-async")));
  REQUIRE(accepted.status == 202);
  const std::string path{accepted.headers.get("Location")};
  CHECK(get_as(anna.token, path).status == 200);
  CHECK(get(path).status == 200);
  CHECK(get_as(ben.token, path).status == 404);
  CHECK(get_as("", path).status == 404);
}

TEST_CASE("the eleventh order call within a minute has to wait", "[e2e][access][limits]") {
  const Account anna = make_account();
  const Customer customer = make_customer(anna);
  const std::string product = make_product("1.00", 50);
  for (int i = 0; i < 10; ++i) {
    const Reply placed = order_as(anna, customer, product);
    CHECK(placed.status == 201);
    CHECK(placed.headers.get("RateLimit-Policy") == R"("orders";q=10;w=60)");
    CHECK(placed.headers.get("RateLimit").starts_with(fmt::format(R"("orders";r={};t=)", 9 - i)));
  }
  const Reply refused = order_as(anna, customer, product);
  CHECK(refused.status == 429);
  CHECK(refused.code() == "rate-limited");
  const int wait = std::stoi(std::string{refused.headers.get("Retry-After")});
  CHECK(wait >= 1);
  CHECK(wait <= 60);
  CHECK(stock_of(product) == 40);
  CHECK(get_as(anna.token, "/v1/orders").status == 200);  // another counter
}

TEST_CASE("a session that was ended is ended everywhere within two seconds", "[e2e][access]") {
  run("deploy/local/platform.sh " + instance() + " scale gateway=2");
  const Account anna = make_account();
  // Each call has a connection of its own, and the system spreads them over both gateways.
  const auto statuses = [&] {
    std::set<int> found;
    for (const Reply& reply :
         call_all(std::vector<Call>(20, as(anna.token, {"GET", "/v1/products", {}, {}})))) {
      found.insert(reply.status);
    }
    return found;
  };
  REQUIRE(statuses() == std::set{200});
  const Reply revoked = call(as("", json_call("POST", "/v1/auth/revoke", {{"token", anna.token}})));
  REQUIRE(revoked.status == 200);
  CHECK(eventually(2s, [&] { return statuses() == std::set{401}; }));
  CHECK(statuses() == std::set{401});
  run("deploy/local/platform.sh " + instance() + " scale gateway=1");
}

TEST_CASE("the tokens of a deleted account are no good any more", "[e2e][access]") {
  const Account anna = make_account();
  REQUIRE(get_as(anna.token, "/v1/auth/me").status == 200);
  REQUIRE(call(as(anna.token, {"DELETE", "/v1/users/" + anna.id, {}, {}})).status == 204);
  CHECK(eventually(2s, [&] { return get_as(anna.token, "/v1/products").status == 401; }));
  CHECK(sign_in(anna.email, anna.password).status == 401);
}

namespace {

// Everybody who may ask, and what belongs to the first customer.
struct Cast {
  Account anna = make_account();
  Account ben = make_account();
  Account staff = make_account({"customer", "staff"});
  Customer customer = make_customer(anna);
  std::string product = make_product("1.00", 100);
  std::string order = place(customer, {{product, 1}}).id();

  // The path of an operation on what is Anna's; `absent`: on what nobody has.
  std::string path(const contract::Operation& operation, bool absent = false) const {
    std::string path;
    std::string_view rest = operation.path;
    for (auto open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
      const auto close = rest.find('}');
      path += rest.substr(0, open);
      path += absent ? new_id().to_string()
                     : value(operation.path, rest.substr(open + 1, close - open - 1));
      rest.remove_prefix(close + 1);
    }
    return path + std::string{rest};
  }

 private:
  std::string value(const std::string& path, std::string_view parameter) const {
    if (parameter == "address_id") return customer.address_id;
    if (path.starts_with("/v1/users/")) return customer.id;
    if (path.starts_with("/v1/orders/")) return order;
    if (path.starts_with("/v1/products/")) return product;
    return new_id().to_string();
  }
};

// A query parameter that nobody knows: whoever passes the checks of access gets a 400, and nothing
// happens.
Reply probe(const Cast& cast, const contract::Operation& operation, const std::string& token) {
  return call(as(token, {operation.method, cast.path(operation) + "?no-such-parameter=1", {}, {}}));
}

std::set<int> refusals() {
  return {401, 403, 404};
}

}  // namespace

TEST_CASE("every operation lets in those whom its contract names, and nobody else",
          "[e2e][access]") {
  using contract::Access;
  const Cast cast;
  const std::string ops = ops_token();
  const auto contract = contract::Contract::load_folder("services");
  for (const contract::Operation* operation : contract.operations()) {
    INFO(operation->method << ' ' << operation->path);
    const Access access = operation->access;
    const auto status = [&](const std::string& token) {
      return probe(cast, *operation, token).status;
    };
    const bool passes_nobody = access == Access::public_;
    const bool for_staff = access == Access::staff || access == Access::ops;
    const bool named_owner = access == Access::owner && !operation->owner_param.empty();
    if (passes_nobody) {
      CHECK(refusals().count(status("")) == 0);
    } else {
      CHECK(status("") == 401);
    }
    const int anna = status(cast.anna.token);
    const int ben = status(cast.ben.token);
    CHECK((for_staff ? anna == 403 : refusals().count(anna) == 0));
    CHECK((for_staff ? ben == 403 : named_owner ? ben == 404 : refusals().count(ben) == 0));
    const int staff = status(cast.staff.token);
    CHECK((access == Access::ops ? staff == 403 : refusals().count(staff) == 0));
    CHECK(refusals().count(status(ops)) == 0);
    if (access != Access::owner) continue;
    // What the object itself decides, and what a stranger learns of it: nothing.
    const auto ask = [&](bool absent) {
      return call(as(cast.ben.token, {operation->method, cast.path(*operation, absent), {}, {}}));
    };
    const Reply foreign = ask(false);
    const Reply absent = ask(true);
    CHECK((foreign.status == 404 || foreign.status == 400));
    CHECK(foreign.status == absent.status);
    CHECK(without_instance(foreign) == without_instance(absent));
  }
}
