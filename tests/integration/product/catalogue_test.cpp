// Creating, changing, deleting and listing products against a real database.
#include <set>

#include <catch2/catch.hpp>

#include "tests/integration/product/shop.hpp"

using namespace waybill;
using namespace waybill::product;
using namespace waybill::product::test;
namespace json = boost::json;

namespace {

const commands::CreateProducts create_products{"EUR"};
const commands::UpdateProducts update_products{"EUR"};

std::string fresh_sku() {
  return "sku-" + new_id().to_string();
}

v1::CreateProduct with_sku(const std::string& sku) {
  v1::CreateProduct body = product_of(1);
  body.set_sku(sku);
  return body;
}

v1::UpdateProduct patch_of(const std::string& product) {
  v1::UpdateProduct body;
  body.set_product_id(product);
  return body;
}

v1::UpdateProduct sku_patch(const std::string& product, const std::string& sku) {
  v1::UpdateProduct body = patch_of(product);
  body.add_members("sku");
  body.set_sku(sku);
  return body;
}

v1::DeleteProduct deletion_of(const std::string& product) {
  v1::DeleteProduct body;
  body.set_product_id(product);
  return body;
}

Result<web::Response> get(Worker& worker, const runtime::QueryHandler& handler,
                          const web::Request& request, const std::string& id = {}) {
  pg::Session session{worker.connection()};
  const web::PathParams params{{"id", id}};
  return handler(session, {request, params, {std::nullopt, Role::staff}});
}

json::value list(Worker& worker, std::vector<std::pair<std::string, std::string>> parameters) {
  const web::Request request = request_of("/v1/products", parameters);
  const auto response = get(worker, queries::list_products, request);
  REQUIRE(response.has_value());
  return json::parse(response->body);
}

std::vector<std::string> names(const json::value& page) {
  std::vector<std::string> result;
  for (const auto& item : page.at("items").as_array()) {
    result.emplace_back(item.at("name").as_string());
  }
  return result;
}

}  // namespace

TEST_CASE("a product is created with its first movement and the shop's currency", "[product]") {
  Worker worker;
  v1::CreateProduct body = product_of(7, "19.9");
  body.set_name("Teapot");
  const auto made = command(body);
  const Done done = worker.run(create_products, std::vector{made});
  CHECK(done.outcome().status == 201);
  CHECK(done.outcome().location == "/v1/products/" + made.id().to_string());
  const json::value product = done.body();
  CHECK(product.at("id") == json::value(made.id().to_string()));
  CHECK(product.at("price") == json::value("19.90"));
  CHECK(product.at("currency") == json::value("EUR"));
  CHECK(product.at("sku").is_null());
  CHECK(product.at("updated_at").is_null());
  CHECK(product.at("version").to_number<int>() == 1);
  CHECK(worker.ask(ledger_of, made.id()) == 7);

  const Done again = worker.run(create_products, std::vector{made});
  CHECK(again.body() == product);
  CHECK(worker.ask(ledger_of, made.id()) == 7);
}

TEST_CASE("a sku belongs to one product, within a batch too", "[product]") {
  Worker worker;
  const std::string sku = fresh_sku();
  const Done both =
      worker.run(create_products, std::vector{command(with_sku(sku)), command(with_sku(sku))});
  CHECK(both.outcomes[0].status == 201);
  CHECK(both.code(1) == "already-exists");
  CHECK(worker.run_one(create_products, with_sku(sku)).code() == "already-exists");
}

TEST_CASE("of concurrent creators of one sku exactly one succeeds", "[product]") {
  for (int round = 0; round < 5; ++round) {
    const std::string sku = fresh_sku();
    std::atomic<int> created{0}, refused{0};
    std::vector<std::thread> creators;
    for (int i = 0; i < 4; ++i) {
      creators.emplace_back([&] {
        Worker worker;
        const Done done = worker.run_one(create_products, with_sku(sku));
        (done.code() == "already-exists" ? refused : created)++;
      });
    }
    for (std::thread& creator : creators) creator.join();
    CHECK(created == 1);
    CHECK(refused == 3);
  }
}

TEST_CASE("a deleted product frees its sku and is gone for readers", "[product]") {
  Worker worker;
  const std::string sku = fresh_sku();
  const std::string product = create(worker, with_sku(sku));
  const Done done =
      worker.run(commands::delete_products,
                 std::vector{command(deletion_of(product)), command(deletion_of(product))});
  CHECK(done.outcomes[0].status == 204);
  CHECK(done.code(1) == "not-found");
  CHECK(worker.run_one(commands::delete_products, deletion_of(product)).code() == "not-found");
  CHECK(worker.run_one(create_products, with_sku(sku)).outcome().status == 201);
  const auto request = request_of("/v1/products/" + product);
  CHECK_FALSE(get(worker, queries::find_product, request, product).has_value());
  CHECK_FALSE(get(worker, queries::list_movements, request, product).has_value());
}

TEST_CASE("skus may change hands within one batch", "[product]") {
  Worker worker;
  const std::string first_sku = fresh_sku(), second_sku = fresh_sku(), third_sku = fresh_sku();
  const std::string first = create(worker, with_sku(first_sku));
  const std::string second = create(worker, with_sku(second_sku));
  const Done done =
      worker.run(update_products, std::vector{command(sku_patch(first, second_sku)),  // still taken
                                              command(sku_patch(first, third_sku)),
                                              command(sku_patch(second, first_sku)),
                                              command(sku_patch(first, second_sku))});
  CHECK(done.code(0) == "already-exists");
  CHECK(done.outcomes[1].status == 200);
  CHECK(done.outcomes[2].status == 200);
  CHECK(done.outcomes[3].status == 200);
  const json::value page = list(worker, {{"sku", second_sku}});
  REQUIRE(page.at("items").as_array().size() == 1);
  CHECK(page.at("items").at(0).at("id") == json::value(first));
}

TEST_CASE("a stale version is refused and an update raises it by one", "[product]") {
  Worker worker;
  const std::string product = create(worker, product_of(3));
  v1::UpdateProduct body = patch_of(product);
  body.add_members("price");
  body.set_price("3");
  body.set_expected_version(2);
  CHECK(worker.run_one(update_products, body).outcome().fault->kind == FaultKind::stale);
  body.set_expected_version(1);
  const Done done = worker.run_one(update_products, body);
  CHECK(done.version() == 2);
  CHECK(done.body().at("price") == json::value("3.00"));
  CHECK(worker.run_one(update_products, body).outcome().fault->kind == FaultKind::stale);
  CHECK(worker.run_one(update_products, patch_of(new_id().to_string())).code() == "not-found");
}

TEST_CASE("a null where none may be names the member", "[product]") {
  Worker worker;
  v1::UpdateProduct body = patch_of(create(worker, product_of(3)));
  body.add_members("name");
  const Done done = worker.run_one(update_products, body);
  REQUIRE(done.outcome().fault);
  CHECK(done.outcome().fault->kind == FaultKind::invalid);
  CHECK(done.outcome().fault->members.at("errors").at(0).at("pointer") == json::value("/name"));
}

TEST_CASE("setting the stock books an adjustment by the difference", "[product]") {
  Worker worker;
  const std::string product = create(worker, product_of(10));
  v1::UpdateProduct body = patch_of(product);
  body.add_members("stock_quantity");
  body.set_stock_quantity(4);
  const Done done = worker.run_one(update_products, body);
  CHECK(done.body().at("stock_quantity").to_number<int>() == 4);
  CHECK(done.version() == 2);
  CHECK(worker.run_one(update_products, body).version() == 2);
  const auto response =
      get(worker, queries::list_movements, request_of("/v1/products/x/stock-movements"), product);
  REQUIRE(response.has_value());
  const json::value page = json::parse(response->body);
  REQUIRE(page.at("items").as_array().size() == 2);
  CHECK(page.at("items").at(0).at("kind") == json::value("adjustment"));
  CHECK(page.at("items").at(0).at("quantity").to_number<int>() == -6);
  CHECK(page.at("items").at(0).at("balance").to_number<int>() == 4);
  CHECK(page.at("items").at(1).at("kind") == json::value("initial"));
}

TEST_CASE("lists filter by a part of the name in any case, in which % and _ are letters",
          "[product][list]") {
  Worker worker;
  const std::string mark = new_id().to_string();
  for (const auto* name : {"50%_Off TEAPOT ", "50 percent off teapot ", "Ünder\\Pot "}) {
    v1::CreateProduct body = product_of(1);
    body.set_name(name + mark);
    create(worker, body);
  }
  CHECK(names(list(worker, {{"name", "TeaPot " + mark}})).size() == 2);
  CHECK(names(list(worker, {{"name", "50%_off teapot " + mark}})).size() == 1);
  CHECK(names(list(worker, {{"name", "%" + mark}})).empty());
  CHECK(names(list(worker, {{"name", "ünder\\pot " + mark}})).size() == 1);
}

TEST_CASE("lists filter by price and stock, and count", "[product][list]") {
  Worker worker;
  const std::string mark = new_id().to_string();
  const std::vector<std::pair<std::string, std::int64_t>> products{
      {"1.00", 0}, {"2.00", 5}, {"2.00", 0}, {"3.00", 5}};
  for (const auto& [price, stock] : products) {
    v1::CreateProduct body = product_of(stock, price);
    body.set_name(mark);
    create(worker, body);
  }
  const auto count = [&](std::vector<std::pair<std::string, std::string>> filters) {
    filters.emplace_back("name", mark);
    filters.emplace_back("with_total", "true");
    filters.emplace_back("limit", "1");
    return list(worker, filters).at("total").to_number<int>();
  };
  CHECK(count({}) == 4);
  CHECK(count({{"min_price", "2"}}) == 3);
  CHECK(count({{"min_price", "2"}, {"max_price", "2.00"}}) == 2);
  CHECK(count({{"in_stock", "true"}}) == 2);
  CHECK(count({{"in_stock", "false"}, {"max_price", "1.99"}}) == 1);
}

TEST_CASE("every sort walks through all pages in order", "[product][list]") {
  Worker worker;
  const std::string mark = new_id().to_string();
  for (const auto* name : {"b ", "A ", "c ", "a ", "B "}) {
    v1::CreateProduct body = product_of(1, name[0] == 'b' ? "1" : "2");
    body.set_name(name + mark);
    create(worker, body);
  }
  for (const auto* sort : {"name", "-name", "price", "-price", "created_at", "-created_at"}) {
    std::vector<std::pair<std::string, std::string>> parameters{
        {"name", mark}, {"sort", sort}, {"limit", "2"}};
    std::vector<std::string> seen;
    for (json::value page = list(worker, parameters);; page = list(worker, parameters)) {
      for (const std::string& name : names(page)) seen.push_back(name);
      if (page.at("next").is_null()) break;
      std::erase_if(parameters, [](const auto& entry) { return entry.first == "cursor"; });
      parameters.emplace_back("cursor", page.at("next").as_string());
    }
    INFO(sort);
    CHECK(seen.size() == 5);
    CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == 5);
    if (sort == std::string{"name"}) {
      CHECK(std::tolower(seen.front()[0]) == 'a');
      CHECK(std::tolower(seen.back()[0]) == 'c');
    }
    if (sort == std::string{"price"}) CHECK(seen.front() == "b " + mark);
  }
}

TEST_CASE("a cursor goes on where it was while rows come in", "[product][list]") {
  Worker worker;
  const std::string mark = new_id().to_string();
  v1::CreateProduct body = product_of(1);
  body.set_name("old " + mark);
  for (int i = 0; i < 4; ++i) create(worker, body);
  const json::value first = list(worker, {{"name", mark}, {"limit", "2"}});
  body.set_name("new " + mark);
  create(worker, body);
  const std::string cursor{first.at("next").as_string()};
  const json::value second = list(worker, {{"name", mark}, {"limit", "2"}, {"cursor", cursor}});
  CHECK(names(second) == std::vector<std::string>{"old " + mark, "old " + mark});
  CHECK(second.at("next").is_null());

  const web::Request other = request_of("/v1/products", {{"name", "else"}, {"cursor", cursor}});
  const auto refused = get(worker, queries::list_products, other);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "bad-cursor");
}
