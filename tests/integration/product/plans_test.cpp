// How PostgreSQL goes about the statements that matter, in a shop of some size.
#include <catch2/catch.hpp>

#include "services/product/store/list_sql.hpp"
#include "services/product/store/sql.hpp"
#include "tests/integration/product/shop.hpp"

using namespace waybill;
using namespace waybill::product;
using namespace waybill::product::test;

namespace {

constexpr pg::Statement fill_shop{"test_fill_shop", R"(
  INSERT INTO product (id, sku, name, price, currency, stock_quantity, version, created_at)
  SELECT gen_random_uuid(), 'sku-' || n, md5(n::text), n % 1000 + 1, 'EUR', 10, 1,
         now() - n * interval '1 second'
    FROM generate_series(1, 20000) AS n)"};
constexpr pg::Statement fill_ledger{"test_fill_ledger", R"(
  INSERT INTO stock_movement (id, product_id, kind, quantity, balance, order_id, at)
  SELECT gen_random_uuid(), id, 'reservation', -1, 9, gen_random_uuid(), now() FROM product)"};
constexpr pg::Statement analyze{"test_analyze", "ANALYZE product, stock_movement"};

class Planner {
 public:
  Planner() {
    pg::Session session{connection_};
    session.exec(fill_shop);
    session.exec(fill_ledger);
    session.exec(analyze);
  }

  std::string plan(const pg::Statement& statement, const std::vector<pg::Param>& params) {
    const std::string name = std::string{"explain_"} + statement.name;
    const std::string sql = std::string{"EXPLAIN "} + statement.sql;
    pg::Session session{connection_};
    const pg::Rows rows = session.run(pg::Statement{name.c_str(), sql.c_str()}, params);
    std::string text;
    for (const pg::Row row : rows) text += std::string{row.text(0)} + '\n';
    return text;
  }

 private:
  testing::FreshDatabase database_{"product"};
  pg::Connection connection_{database_.options()};
};

Planner& planner() {
  static Planner one;
  return one;
}

bool uses(const std::string& plan, const std::string& index) {
  return plan.find(index) != std::string::npos && plan.find("Seq Scan") == std::string::npos;
}

pg::Array some_ids() {
  pg::Array ids;
  ids.add(new_id());
  ids.add(new_id());
  return ids;
}

pg::Array numbers() {
  pg::Array array;
  array.add(1);
  array.add(2);
  return array;
}

pg::Array times() {
  pg::Array array;
  array.add(now());
  array.add(now());
  return array;
}

}  // namespace

TEST_CASE("the statements of a reservation go by key", "[product][plans]") {
  CHECK(uses(planner().plan(sql::lock_products_by_ids, {some_ids()}), "product_pk"));
  CHECK(uses(planner().plan(sql::update_stock, {some_ids(), numbers(), numbers(), times()}),
             "product_pk"));
  CHECK(uses(planner().plan(sql::find_reserved, {some_ids()}), "stock_movement_once"));
}

TEST_CASE("each sort of products walks its index", "[product][plans]") {
  const std::vector<std::pair<sql::SortKey, std::string>> indexes{
      {sql::SortKey::created_at, "product_by_created"},
      {sql::SortKey::price, "product_by_price"},
      {sql::SortKey::name, "product_by_name"}};
  for (const auto& [key, index] : indexes) {
    for (const bool descending : {false, true}) {
      sql::ListShape shape;
      shape.sort = key;
      shape.descending = descending;
      const std::string plan = planner().plan(sql::list_products(shape), {11});
      INFO(plan);
      CHECK(uses(plan, index));
      CHECK(plan.find("Sort") == std::string::npos);
    }
  }
}

TEST_CASE("parts of names are found by trigrams, skus by their index", "[product][plans]") {
  sql::ListShape by_name;
  by_name.by_name = true;
  CHECK(uses(planner().plan(sql::count_products(by_name), {"%teapot%"}), "product_name_trigrams"));
  sql::ListShape by_sku;
  by_sku.by_sku = true;
  CHECK(uses(planner().plan(sql::count_products(by_sku), {"T-1"}), "product_sku_unique"));
  CHECK(uses(planner().plan(sql::list_movements, {new_id(), 9, 11}), "stock_movement_by_product"));
}
