// The hot statements walk their indexes, also with plans that were made while the tables were
// empty.
#include <sstream>

#include <catch2/catch.hpp>

#include "services/order/store/list_sql.hpp"
#include "services/order/store/sql.hpp"
#include "tests/integration/order/shop.hpp"

using namespace waybill;
using namespace waybill::order;
using namespace waybill::order::test;

namespace {

// The plan for any parameters, on a connection of its own.
std::string plan_of(const pg::Statement& statement, int parameters, const char* seqscan) {
  pg::Connection connection{database().options()};
  connection.set("enable_seqscan", seqscan);
  const std::string prepare = std::string{"PREPARE plan_of AS "} + statement.sql;
  std::string explain = "EXPLAIN EXECUTE plan_of";
  for (int i = 0; i < parameters; ++i) explain += i == 0 ? "(NULL" : ", NULL";
  if (parameters > 0) explain += ')';
  pg::Session session{connection};
  std::string plan;
  const pg::Statement made{"test_prepare", prepare.c_str()};
  const pg::Statement explained{"test_explain", explain.c_str()};
  session.exec(made);
  for (const pg::Row row : session.exec(explained)) plan += std::string{row.text(0)} + '\n';
  return plan;
}

// Index scans that no condition narrows: they read every row there is.
int walks_of_whole_indexes(const std::string& plan) {
  std::istringstream lines{plan};
  int walks = 0;
  bool scan = false;
  for (std::string line; std::getline(lines, line);) {
    if (scan && line.find("Index Cond") == std::string::npos) ++walks;
    scan = line.find("Index Scan") != std::string::npos;
  }
  return walks + (scan ? 1 : 0);
}

void check_plan(const pg::Statement& statement, int parameters) {
  const std::string plan = plan_of(statement, parameters, "off");  // as command workers have it
  CAPTURE(statement.name, plan);
  CHECK(plan.find("Seq Scan") == std::string::npos);
  CHECK(walks_of_whole_indexes(plan) == 0);
}

}  // namespace

TEST_CASE("commands work by key", "[order][plans]") {
  check_plan(sql::lock_orders_by_ids, 1);
  check_plan(sql::find_orders_by_ids, 1);
  check_plan(sql::find_lines_by_orders, 1);
  check_plan(sql::find_addresses_by_ids, 1);
  check_plan(sql::update_orders, 10);
  check_plan(sql::price_lines, 6);
  check_plan(sql::delete_timers, 1);
  check_plan(sql::lock_unpaid_due, 2);
}

TEST_CASE("lists walk an index in their order instead of sorting", "[order][plans]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  std::vector<outbox::Command<v1::PlaceOrder>> batch;
  for (int i = 0; i < 500; ++i) {
    batch.push_back(command(order_of(anna, {{new_id(), 1}}), customer(anna.id)));
  }
  worker.run(place_orders, batch);
  for (const auto key :
       {sql::SortKey::created_at, sql::SortKey::order_date, sql::SortKey::total_price}) {
    sql::ListShape shape;
    shape.sort = key;
    const std::string all = plan_of(sql::list_orders(shape), 0, "on");
    CAPTURE(all);
    CHECK(all.find("Index Scan Backward") != std::string::npos);
    CHECK(all.find("Sort") == std::string::npos);
  }
}
