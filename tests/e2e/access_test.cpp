// Who may do what, over the whole platform: with tokens, as clients have them.
#include <catch2/catch.hpp>

#include "libs/contract/contract.hpp"
#include "libs/core/caller.hpp"
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
  Reply document =
      call(as(anna.token, form_call("/v1/documents", {{"type", "Bills"}, {"name", "May"}},
                                    {"file", "may.txt", "text"})));

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
    if (path.starts_with("/v1/documents/")) return document.id();
    if (path.starts_with("/v1/document-types/")) return document.member("type_id");
    return new_id().to_string();
  }
};

struct Who {
  std::string name;
  std::string token;
  Role role = Role::customer;
  bool is_owner = false;
};

std::vector<Who> everybody(const Cast& cast) {
  return {{"nobody", "", Role::nobody},
          {"the owner", cast.anna.token, Role::customer, true},
          {"another customer", cast.ben.token, Role::customer},
          {"staff", cast.staff.token, Role::staff},
          {"ops", ops_token(), Role::ops}};
}

// What the contract says of who asks for this; 0: he gets on. Objects without x-owner say
// themselves whose they are.
int refusal_of(const contract::Operation& operation, const Who& who, bool absent) {
  using contract::Access;
  const Access access = operation.access;
  if (access == Access::public_) return 0;
  if (who.role == Role::nobody) return 401;
  const bool is_staff = who.role == Role::staff || who.role == Role::ops;
  if (access == Access::staff && !is_staff) return 403;
  if (access == Access::ops && who.role != Role::ops) return 403;
  const bool owned = access == Access::owner && !operation.owner_param.empty();
  if (owned && !is_staff && (absent || !who.is_owner)) return 404;
  return 0;
}

// Its query has a parameter that nobody knows: whoever passes the checks of access gets a 400, and
// nothing happens.
Reply probe(const Cast& cast, const contract::Operation& operation, const std::string& token,
            bool absent) {
  const std::string path = cast.path(operation, absent) + "?no-such-parameter=1";
  return call(as(token, {operation.method, path, {}, {}}));
}

bool is_refusal(int status) {
  return status == 401 || status == 403 || status == 404;
}

}  // namespace

TEST_CASE("every operation lets in those whom its contract names, and nobody else",
          "[e2e][access]") {
  const Cast cast;
  const auto contract = contract::Contract::load_folder("services");
  REQUIRE(cast.document.status == 201);
  CHECK(contract.operations().size() >= 55);
  for (const contract::Operation* operation : contract.operations()) {
    if (operation->lenient) continue;  // no parameter stops them: adverts_test asks them
    for (const Who& who : everybody(cast)) {
      for (const bool absent : {false, true}) {
        INFO(operation->method << ' ' << operation->path << " by " << who.name
                               << (absent ? ", absent" : ""));
        const int refusal = refusal_of(*operation, who, absent);
        const Reply reply = probe(cast, *operation, who.token, absent);
        if (refusal == 0) {
          CHECK_FALSE(is_refusal(reply.status));
        } else {
          CHECK(reply.status == refusal);
        }
      }
    }
  }
}

TEST_CASE("who is refused does not learn whether there is anything", "[e2e][access]") {
  const Cast cast;
  const auto contract = contract::Contract::load_folder("services", {"advert"});
  for (const contract::Operation* operation : contract.operations()) {
    if (operation->access == contract::Access::public_) continue;
    if (operation->path.find('{') == std::string::npos) continue;
    const auto ask = [&](const std::string& token, bool absent) {
      return call(as(token, {operation->method, cast.path(*operation, absent), {}, {}}));
    };
    for (const std::string& token : {std::string{}, cast.ben.token}) {
      INFO(operation->method << ' ' << operation->path << (token.empty() ? " by nobody" : ""));
      const Reply foreign = ask(token, false);
      const Reply absent = ask(token, true);
      CHECK((is_refusal(foreign.status) || foreign.status == 400));  // 400: the body is missing
      CHECK(foreign.status == absent.status);
      CHECK(without_instance(foreign) == without_instance(absent));
    }
  }
}
