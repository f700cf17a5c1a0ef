#include <catch2/catch.hpp>

#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
namespace json = boost::json;

namespace {

Call with_tag(Call call, const std::string& name, const Reply& reply) {
  return with_header(std::move(call), name, std::string{reply.headers.get("ETag")});
}

// Products whose names only this test knows, with prices 1.00, 2.00, …
std::string make_family(int members) {
  const std::string family = unique("family");
  for (int i = 1; i <= members; ++i) {
    const json::value product{{"name", fmt::format("{} {}", family, i)},
                              {"price", fmt::format("{}.00", i)},
                              {"stock_quantity", i % 2}};
    REQUIRE(post("/v1/products", product).status == 201);
  }
  return family;
}

std::vector<std::string> prices(const std::string& query) {
  std::vector<std::string> found;
  for (const json::object& item : all_items("/v1/products?" + query)) {
    found.push_back(text(item, "price"));
  }
  return found;
}

using Prices = std::vector<std::string>;

}  // namespace

TEST_CASE("pages follow each other without gaps and doubles, also while rows are added",
          "[e2e][lists]") {
  const std::string family = make_family(7);
  const std::string path = "/v1/products?limit=3&sort=price&with_total=true&name=" + family;
  const Reply first = get(path);
  CHECK(first.number("total") == 7);
  CHECK(first.headers.get("Link").find("rel=\"next\"") != std::string_view::npos);
  REQUIRE(post("/v1/products", {{"name", family + " 0"}, {"price", "0.50"}, {"stock_quantity", 0}})
              .status == 201);
  const Reply second = get(path + "&cursor=" + web::url_encode(first.member("next")));
  CHECK(second.body().at("items").at(0).at("price") == "4.00");
  CHECK(second.number("total") == 8);
  const Reply third = get(path + "&cursor=" + web::url_encode(second.member("next")));
  CHECK(third.body().at("items").as_array().size() == 1);
  CHECK(third.body().at("next").is_null());
}

TEST_CASE("filters and sorts choose and order", "[e2e][lists]") {
  const std::string family = make_family(4);
  const std::string by_name = "name=" + family;
  CHECK(prices(by_name) == Prices{"4.00", "3.00", "2.00", "1.00"});  // newest first
  CHECK(prices(by_name + "&sort=price&limit=1") == Prices{"1.00", "2.00", "3.00", "4.00"});
  CHECK(prices(by_name + "&sort=-name") == Prices{"4.00", "3.00", "2.00", "1.00"});
  CHECK(prices(by_name + "&min_price=2&max_price=3.00&sort=price") == Prices{"2.00", "3.00"});
  CHECK(prices(by_name + "&in_stock=true&sort=price") == Prices{"1.00", "3.00"});
  CHECK(prices(by_name + "&in_stock=false&sort=price") == Prices{"2.00", "4.00"});
}

TEST_CASE("names are found in any case, and % and _ stand for themselves", "[e2e][lists]") {
  const std::string stem = unique("Tea");
  const auto add = [&](const std::string& name) {
    REQUIRE(
        post("/v1/products", {{"name", name}, {"price", "1.00"}, {"stock_quantity", 0}}).status ==
        201);
  };
  add(stem + " 100% assam");
  add(stem + " 1000 assam");
  const auto find = [&](const std::string& name) {
    return all_items("/v1/products?name=" + web::url_encode(name)).size();
  };
  CHECK(find(stem + " 100%") == 1);
  CHECK(find(stem + " 100_") == 0);
  std::string upper = stem;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  CHECK(find(upper) == 2);
}

TEST_CASE("a cursor of another question is refused", "[e2e][lists]") {
  const std::string family = make_family(3);
  const std::string cursor =
      web::url_encode(get("/v1/products?limit=1&name=" + family).member("next"));
  const Reply other = get("/v1/products?limit=1&sort=price&name=" + family + "&cursor=" + cursor);
  CHECK(other.status == 400);
  CHECK(other.code() == "bad-cursor");
  CHECK(get("/v1/products?cursor=nonsense").code() == "bad-cursor");
}

TEST_CASE("orders are listed by status, time, reference and customer", "[e2e][lists]") {
  const Customer customer = make_customer();
  const std::string tea = make_product("1.00", 10);
  json::object with_reference = order_body(customer, {{tea, 1}});
  with_reference["reference"] = unique("ref");
  const Reply first = post("/v1/orders", with_reference);
  const Reply second = place(customer, {{tea, 1}});
  REQUIRE(patch("/v1/orders/" + second.id(), {{"status", "PAID"}}).status == 200);
  const auto ids = [](const std::string& path) {
    std::vector<std::string> found;
    for (const json::object& item : all_items(path)) found.push_back(text(item, "id"));
    return found;
  };
  using Ids = std::vector<std::string>;
  const std::string own = "/v1/users/" + customer.id + "/orders?limit=1";
  CHECK(ids(own) == Ids{second.id(), first.id()});
  CHECK(ids(own + "&sort=created_at") == Ids{first.id(), second.id()});
  CHECK(ids(own + "&status=paid") == Ids{second.id()});
  CHECK(ids("/v1/orders?user_id=" + customer.id) == Ids{second.id(), first.id()});
  CHECK(ids("/v1/orders?reference=" + text(with_reference, "reference")) == Ids{first.id()});
  CHECK(ids(own + "&created_from=" + web::url_encode(second.member("created_at"))) ==
        Ids{second.id()});
  CHECK(ids(own + "&created_to=" + web::url_encode(second.member("created_at"))) ==
        Ids{first.id()});
}

TEST_CASE("a patch changes what it names and clears with null", "[e2e][products]") {
  const Reply made = post("/v1/products", {{"name", unique("tea")},
                                           {"description", "black"},
                                           {"price", "1.00"},
                                           {"stock_quantity", 3}});
  const std::string path = "/v1/products/" + made.id();
  const Reply patched = patch(path, {{"price", "1.5"}, {"description", nullptr}});
  CHECK(patched.status == 200);
  CHECK(patched.member("price") == "1.50");
  CHECK(patched.body().at("description").is_null());
  CHECK(patched.member("name") == made.member("name"));
  CHECK(patched.number("version") == made.number("version") + 1);
  CHECK(patch(path, {{"name", nullptr}}).status == 400);
}

TEST_CASE("what was read can be put back, and absent members become null", "[e2e][products]") {
  const Reply made = post("/v1/products", {{"name", unique("tea")},
                                           {"description", "black"},
                                           {"sku", unique("sku")},
                                           {"price", "1.00"},
                                           {"stock_quantity", 3}});
  const std::string path = "/v1/products/" + made.id();
  json::object whole = made.body().as_object();
  whole["price"] = "2.00";
  const Reply replaced = put(path, whole);
  CHECK(replaced.status == 200);
  CHECK(replaced.member("price") == "2.00");
  CHECK(replaced.member("description") == "black");
  const Reply shorter = put(path, {{"name", "x"}, {"price", "2.00"}, {"stock_quantity", 3}});
  CHECK(shorter.body().at("description").is_null());
  CHECK(shorter.body().at("sku").is_null());
  CHECK(put(path, {{"name", "x"}}).status == 400);
}

TEST_CASE("versions guard changes and spare reads", "[e2e][products]") {
  const std::string path = "/v1/products/" + make_product("1.00", 3);
  const Reply read = get(path);
  CHECK(call(with_tag({"GET", path, {}, {}}, "If-None-Match", read)).status == 304);
  const Call change = with_tag(json_call("PATCH", path, {{"price", "2.00"}}), "If-Match", read);
  CHECK(call(change).status == 200);
  const Reply stale = call(change);
  CHECK(stale.status == 412);
  CHECK(stale.code() == "stale");
  CHECK(call(with_tag({"GET", path, {}, {}}, "If-None-Match", read)).status == 200);
  CHECK(call(with_tag({"DELETE", path, {}, {}}, "If-Match", read)).status == 412);
  CHECK(get(path).member("price") == "2.00");
}

TEST_CASE("a writer reads his write, from the cache too", "[e2e][products]") {
  const std::string path = "/v1/products/" + make_product("1.00", 3);
  for (int i = 1; i <= 30; ++i) {
    get(path);  // fills the cache
    const std::string price = fmt::format("{}.00", i);
    REQUIRE(patch(path, {{"price", price}}).status == 200);
    CHECK(get(path).member("price") == price);
  }
}

TEST_CASE("a sku is taken once and is free again after deletion", "[e2e][products]") {
  const json::value product{
      {"name", "tea"}, {"sku", unique("sku")}, {"price", "1.00"}, {"stock_quantity", 1}};
  int made = 0;
  std::string id;
  for (const Reply& reply :
       call_all(std::vector<Call>(10, json_call("POST", "/v1/products", product)))) {
    made += reply.status == 201;
    if (reply.status == 201) id = reply.id();
    if (reply.status != 201) CHECK(reply.code() == "already-exists");
  }
  CHECK(made == 1);
  CHECK(remove("/v1/products/" + id).status == 204);
  CHECK(remove("/v1/products/" + id).status == 404);
  CHECK(get("/v1/products/" + id).status == 404);
  CHECK(post("/v1/products", product).status == 201);
}

TEST_CASE("HEAD answers as GET, OPTIONS tells the methods, the rest is 405", "[e2e][products]") {
  const std::string path = "/v1/products/" + make_product("1.00", 3);
  const Reply head = call({"HEAD", path, {}, {}});
  CHECK(head.status == 200);
  CHECK(head.text.empty());
  CHECK(call({"OPTIONS", path, {}, {}}).headers.get("Allow").find("PATCH") !=
        std::string_view::npos);
  const Reply not_allowed = call({"POST", path, "{}", {{"Content-Type", "application/json"}}});
  CHECK(not_allowed.status == 405);
  CHECK(not_allowed.code() == "method-not-allowed");
  CHECK(not_allowed.headers.get("Allow").find("GET") != std::string_view::npos);
  CHECK(get(path + "/").status == 200);
}
